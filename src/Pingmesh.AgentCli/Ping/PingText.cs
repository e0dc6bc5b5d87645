using System.Globalization;
using Pingmesh.AgentCli.Targets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.AgentCli.Ping;

/// <summary>What ping shows to a person: a line a probe, and a summary a target in the manner of fping.</summary>
/// <param name="to">Where to.</param>
/// <param name="kind">The kind of probe.</param>
/// <param name="eachProbe">Whether a line is shown for each probe.</param>
internal sealed class PingText(TextWriter to, ProbeKind kind, bool eachProbe) : IPingView
{
    private const int FewestForPercentiles = 10;

    public void Ended(TargetTally tally, in ProbeOutcome outcome, in ProbeDetail detail)
    {
        if (!eachProbe) return;
        var line = Begin(tally, outcome.SourcePort);
        if (!outcome.Succeeded) line += $" {outcome.Error.Name()}";
        else if (outcome.Dropped) line += $" connected, but {outcome.Retransmissions} packet{(outcome.Retransmissions == 1 ? "" : "s")} had to be sent again{Direction(outcome.LossDirection)}";
        else line += $" rtt={Milliseconds(outcome.RttNanoseconds)} ms";
        if (detail.ConnectNanoseconds > 0) line += $" connect={Milliseconds(detail.ConnectNanoseconds)} ms";
        if (detail.ReplyTtl > 0) line += $" ttl={detail.ReplyTtl}";
        if (detail.Reordered) line += " (reordered)";
        to.WriteLine(line);
    }

    public void Ended(TargetTally tally, ProbeReport report)
    {
        if (!eachProbe) return;
        var line = Begin(tally, report.SourcePort);
        line += report.Error == ProbeError.None ? $" rtt={Milliseconds(report.RttNanoseconds)} ms" : $" {report.Error.Name()}: {report.Problem}";
        if (report.Phases.Count > 0) line += $" ({string.Join(", ", report.Phases.Select(phase => $"{phase.Name} {Milliseconds(phase.Nanoseconds)}"))})";
        to.WriteLine(line);
    }

    public void Summarise(IReadOnlyList<TargetTally> tallies, IReadOnlyList<UnresolvedTarget> unresolved)
    {
        if (eachProbe) to.WriteLine();
        var width = tallies.Select(tally => tally.Target.Shown.Length).Concat(unresolved.Select(one => one.Name.Length)).DefaultIfEmpty().Max();
        foreach (var tally in tallies) Summarise(tally, width);
        foreach (var one in unresolved) to.WriteLine($"{one.Name.PadRight(width)} : {one.Error.Name()}: {one.Problem}");
        if (tallies.Count + unresolved.Count <= 1) return;
        var reached = tallies.Count(tally => tally.Received > 0);
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{tallies.Count + unresolved.Count} targets, {reached} answered, {tallies.Count - reached} did not, {unresolved.Count} not resolved; {Counts(tallies.Sum(tally => tally.Ended), tallies.Sum(tally => tally.Received), tallies.Sum(tally => tally.Drops))}"));
    }

    private static string Direction(LossDirection direction) => direction switch
    {
        LossDirection.Forward => " (lost on the way there)",
        LossDirection.Return => " (lost on the way back)",
        _ => "",
    };

    private static string Milliseconds(double nanoseconds) => (nanoseconds / 1e6).ToString("F3", CultureInfo.InvariantCulture);

    private string Counts(long sent, long received, long drops)
    {
        var loss = sent == 0 ? 0 : 100.0 * (sent - received) / sent;
        var counts = string.Create(CultureInfo.InvariantCulture, $"xmt/rcv/%loss = {sent}/{received}/{loss:0.##}%");
        return kind is ProbeKind.Tcp or ProbeKind.TcpPayload ? string.Create(CultureInfo.InvariantCulture, $"{counts}, drops = {drops}") : counts;
    }

    private string Begin(TargetTally tally, ushort sourcePort)
    {
        var port = tally.Target.Port == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {kind.Name()}/{tally.Target.Port}");
        var from = sourcePort == 0 || kind == ProbeKind.Icmp ? "" : string.Create(CultureInfo.InvariantCulture, $" from {sourcePort}");
        return string.Create(CultureInfo.InvariantCulture, $"{tally.Target.Shown}{port}{from} seq={tally.Ended}:");
    }

    private void Summarise(TargetTally tally, int width)
    {
        var line = $"{tally.Target.Shown.PadRight(width)} : {Counts(tally.Ended, tally.Received, tally.Drops)}";
        if (tally.Average is { } average)
            line += $", min/avg/max/stddev = {Milliseconds(tally.Min!.Value)}/{Milliseconds(average)}/{Milliseconds(tally.Max!.Value)}/{Milliseconds(tally.Deviation ?? 0)} ms";
        if (tally.Received >= FewestForPercentiles && tally.Quantile(0.5) is { } median)
            line += $", p50/p99 = {Milliseconds(median)}/{Milliseconds(tally.Quantile(0.99)!.Value)} ms";
        to.WriteLine(line);
        var indent = new string(' ', width + 3);
        if (tally.Failures.Count > 0) to.WriteLine($"{indent}failures: {string.Join(", ", tally.Failures.Select(entry => $"{entry.Key.Name()} {entry.Value}"))}");
        if (tally.Duplicates + tally.Reordered > 0) to.WriteLine($"{indent}duplicates: {tally.Duplicates}, reordered: {tally.Reordered}");
        if (tally.ForwardVariation is { } forward && tally.ReturnVariation is { } back && tally.Ended > 1)
            to.WriteLine($"{indent}one-way delay varied by: there {Milliseconds(forward)} ms, back {Milliseconds(back)} ms");
        var phases = tally.Phases().ToList();
        if (tally.Target.ResolveNanoseconds > 0) phases.Insert(0, ("resolve", tally.Target.ResolveNanoseconds));
        if (phases.Count > 0) to.WriteLine($"{indent}phases: {string.Join(", ", phases.Select(phase => $"{phase.Name} {Milliseconds(phase.Nanoseconds)} ms"))}");
        if (tally.Facts.Count > 0) to.WriteLine($"{indent}{string.Join(", ", tally.Facts.Select(fact => $"{fact.Key}: {fact.Value}"))}");
    }
}
