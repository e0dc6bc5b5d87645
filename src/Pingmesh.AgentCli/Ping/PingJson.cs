using System.Text.Json;
using System.Text.Json.Serialization;
using Pingmesh.AgentCli.Targets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.AgentCli.Ping;

/// <summary>What ping prints for machines: one JSON object. Times in microseconds.</summary>
internal sealed record PingJson(string Kind, long Sent, long Received, IReadOnlyList<TargetJson> Targets, IReadOnlyList<UnresolvedJson> Unresolved)
{
    public static string Write(ProbeKind kind, IReadOnlyList<TargetTally> tallies, IReadOnlyList<UnresolvedTarget> unresolved) =>
        JsonSerializer.Serialize(
            new PingJson(
                kind.Name(), tallies.Sum(tally => tally.Ended), tallies.Sum(tally => tally.Received), [.. tallies.Select(TargetJson.Of)],
                [.. unresolved.Select(one => new UnresolvedJson(one.Name, one.Error.Name(), one.Problem))]),
            PingJsonContext.Default.PingJson);
}

/// <summary>One target.</summary>
internal sealed record TargetJson(
    string Target,
    string Address,
    int Port,
    long Sent,
    long Received,
    long Drops,
    long Duplicates,
    long Reordered,
    IReadOnlyDictionary<string, long> Failures,
    double? ResolveUs,
    double? MinUs,
    double? AvgUs,
    double? MaxUs,
    double? StddevUs,
    double? P50Us,
    double? P99Us,
    double? ForwardVariationUs,
    double? ReturnVariationUs,
    IReadOnlyDictionary<string, double> PhasesUs,
    IReadOnlyDictionary<string, string> Facts)
{
    public static TargetJson Of(TargetTally tally) => new(
        tally.Target.Name,
        tally.Target.Address.ToString(),
        tally.Target.Port,
        tally.Ended,
        tally.Received,
        tally.Drops,
        tally.Duplicates,
        tally.Reordered,
        tally.Failures.ToDictionary(entry => entry.Key.Name(), entry => entry.Value),
        tally.Target.ResolveNanoseconds > 0 ? tally.Target.ResolveNanoseconds / 1e3 : null,
        Us(tally.Min),
        Us(tally.Average),
        Us(tally.Max),
        Us(tally.Deviation),
        Us(tally.Quantile(0.5)),
        Us(tally.Quantile(0.99)),
        Us(tally.ForwardVariation),
        Us(tally.ReturnVariation),
        tally.Phases().ToDictionary(phase => phase.Name, phase => Math.Round(phase.Nanoseconds / 1e3, 3)),
        tally.Facts.ToDictionary(fact => fact.Key, fact => fact.Value));

    private static double? Us(double? nanoseconds) => nanoseconds is { } value ? Math.Round(value / 1e3, 3) : null;
}

/// <summary>A target that could not be resolved.</summary>
internal sealed record UnresolvedJson(string Target, string Error, string Problem);

/// <summary>Shows nothing while it goes on.</summary>
internal sealed class SilentView : IPingView
{
    public void Ended(TargetTally tally, in ProbeOutcome outcome, in ProbeDetail detail)
    {
    }

    public void Ended(TargetTally tally, ProbeReport report)
    {
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PingJson))]
internal sealed partial class PingJsonContext : JsonSerializerContext;
