using System.Globalization;
using Pingmesh.Analysis.Slas;

namespace Pingmesh.Analysis.Verdicts;

/// <summary>Says a verdict in sentences, with the figures.</summary>
internal static class VerdictWords
{
    private const int MostNamed = 5;

    public static IReadOnlyList<string> Of(VerdictAnswer answer, Comparison comparison, AffectedPairs? pairs, IReadOnlyList<SuspectHost> suspects)
    {
        var words = new List<string> { First(answer, comparison, suspects) };
        words.AddRange(Changes(comparison.To is null ? "between the two" : "from it", comparison.From));
        if (comparison.To is { } to) words.AddRange(Changes("to it", to));
        if (pairs is not null)
        {
            words.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{pairs.Affected} of {pairs.Count} host pairs{(pairs.OfHosts < pairs.Hosts ? $" (of {pairs.OfHosts} of its {pairs.Hosts} hosts)" : "")} lost or delayed more than 1 % of their probes."));
        }

        foreach (var suspect in suspects.Where(suspect => suspect.Noise.Windows.Count > 0))
            words.Add($"{suspect.Host} said itself that it was in trouble in {suspect.Noise.Windows.Count} windows of 10 s.");
        words.Add(Control(comparison));
        return words;
    }

    private static string First(VerdictAnswer answer, Comparison comparison, IReadOnlyList<SuspectHost> suspects) => answer switch
    {
        VerdictAnswer.Network => $"{comparison.Of}: it is the network. The trouble is that of paths, not of single hosts.",
        VerdictAnswer.Host =>
            $"{comparison.Of}: it is {(suspects.Count == 1 ? "a host or its link" : "hosts or their links")}: {string.Join(", ", suspects.Take(MostNamed).Select(suspect => suspect.Host))}"
            + $"{(suspects.Count > MostNamed ? $" and {suspects.Count - MostNamed} more" : "")}. Without {(suspects.Count == 1 ? "it" : "them")} the network is sound.",
        VerdictAnswer.NotTheNetwork => $"{comparison.Of}: it is not the network. Latency and loss are as they were, and within limits.",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"{comparison.Of}: not enough data. {comparison.From.During.Probes} probes leave open a loss of up to {comparison.From.LossInterval.High * 100:G2} %."),
    };

    private static IEnumerable<string> Changes(string probes, Change change)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Probes {probes}: {change.During.Probes}, loss {Percent(change.Loss)} (95 %: {Percent(change.LossInterval.Low)} to {Percent(change.LossInterval.High)}), before {Percent(change.LossBefore)}"
            + $"{(change.LossBroken ? ", more than allowed" : change.LossRose ? ", risen" : "")}; P99 {Rtt(change.During)}, before {Rtt(change.Before)}"
            + $"{(change.LatencyBroken ? ", more than allowed" : change.LatencyRose ? ", risen" : "")}.");
    }

    private static string Control(Comparison comparison) => comparison.Control switch
    {
        null => "There is no control group: no pod without a host of it was measured.",
        { IsBad: true } control => $"The control group ({comparison.ControlPods.Count} pods that share no host or top-of-rack switch with it) has trouble too, loss {Percent(control.Loss)}, P99 {Rtt(control.During)}: what is wrong reaches further.",
        var control => $"The control group ({comparison.ControlPods.Count} pods that share no host or top-of-rack switch with it) is sound: loss {Percent(control.Loss)}, P99 {Rtt(control.During)}.",
    };

    private static string Percent(double rate) => rate == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{rate * 100:G2} %");

    private static string Rtt(SlaFigures figures) =>
        figures.P99Microseconds is { } p99 ? string.Create(CultureInfo.InvariantCulture, $"{p99 / 1000:G3} ms") : "unknown";
}
