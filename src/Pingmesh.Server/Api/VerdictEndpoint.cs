using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Verdicts;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Server.Api;

/// <summary>
/// <c>GET /api/v1/verdict</c>: is it the network? <c>GET /api/v1/comparison</c>: did a scope become worse, and its control
/// group too?
/// </summary>
internal sealed class VerdictEndpoint(VerdictReader verdicts, ComparisonReader comparisons, IncidentBook incidents, Func<Topology> topology, TimeProvider time)
{
    private static readonly TroubleLimits Limits = new();

    public async Task<VerdictResponse> GetAsync(string? of, string? from, string? to, CancellationToken cancel)
    {
        var range = RequestText.RangeOrLastHour(from, to, time);
        var verdict = await verdicts.ReadAsync(RequestText.Selection(of, "of"), range, Limits, cancel).ConfigureAwait(false);
        var (begin, end) = (DateTimeOffset.FromUnixTimeSeconds(range.From), DateTimeOffset.FromUnixTimeSeconds(range.To));

        // One that began before may have lasted.
        var known = await incidents.ReadAsync(begin.AddDays(-30), end, 10_000, cancel).ConfigureAwait(false);
        var overlapping = IncidentsEndpoint.Overlapping(known, of ?? "", begin, end, name => topology().FindHost(name) is { } host ? $"{host.Pod.Path}/{host.Name}" : null);
        return VerdictResponse.Of(verdict, [.. overlapping.Select(IncidentSummary.Of)]);
    }

    public async Task<ComparisonResponse> CompareAsync(string? of, string? before_from, string? before_to, string? from, string? to, CancellationToken cancel)
    {
        var during = RequestText.RangeOrLastHour(from, to, time);
        TimeRange? before = before_from is null && before_to is null ? null : TimeRangeText.Read(before_from, before_to ?? from, time);
        return ComparisonResponse.OfComparison(await comparisons.ReadAsync(RequestText.Selection(of, "of"), during, before, Limits, cancel).ConfigureAwait(false));
    }
}

/// <summary>A verdict with its evidence.</summary>
/// <param name="Verdict"><c>network</c>, <c>host</c>, <c>not the network</c> or <c>not enough data</c>.</param>
/// <param name="Words">Why, sentence by sentence.</param>
/// <param name="Comparison">The figures behind it.</param>
/// <param name="Pairs">Which share of host pairs is affected; null when nothing is wrong.</param>
/// <param name="Suspects">The hosts it is laid on.</param>
/// <param name="Incidents">Incidents that overlap with the time and concern the scope.</param>
public sealed record VerdictResponse(
    string Verdict, IReadOnlyList<string> Words, ComparisonResponse Comparison, AffectedPairs? Pairs, IReadOnlyList<SuspectHostResponse> Suspects, IReadOnlyList<IncidentSummary> Incidents)
{
    internal static VerdictResponse Of(Verdict verdict, IReadOnlyList<IncidentSummary> incidents) => new(
        verdict.Answer.Name(), verdict.Words, ComparisonResponse.OfComparison(verdict.Comparison), verdict.Pairs,
        [.. verdict.Suspects.Select(suspect => new SuspectHostResponse(SlaScopeResponse.Of(suspect.Figures), HostNoiseResponse.Of(suspect.Noise)))], incidents);
}

/// <summary>A host that trouble is laid on.</summary>
/// <param name="Host">What it measured in the time.</param>
/// <param name="Noise">When it was in trouble by its own word.</param>
public sealed record SuspectHostResponse(SlaScopeResponse Host, HostNoiseResponse Noise);

/// <summary>A scope before and during, beside a control group. Times in Unix seconds.</summary>
/// <param name="Of">What it is of.</param>
/// <param name="From">Start of the time asked about, in whole windows.</param>
/// <param name="To">End of it.</param>
/// <param name="BeforeFrom">Start of the time it is compared with.</param>
/// <param name="BeforeTo">End of it.</param>
/// <param name="Bad">Whether the scope has trouble: loss or P99 above what an SLA allows, or risen.</param>
/// <param name="Worse">Whether it became worse.</param>
/// <param name="Enough">Whether there are enough probes to say that nothing is wrong.</param>
/// <param name="ControlAsBad">Whether the control group became worse too, and no less.</param>
/// <param name="Sent">Probes that the scope's hosts sent; of a pair, those of both directions.</param>
/// <param name="Received">Probes that were sent to them; null for a pair.</param>
/// <param name="Control">Probes between the pods of the control group; null without one.</param>
/// <param name="ControlPods">Its pods: none has a host of the scope.</param>
public sealed record ComparisonResponse(
    string Of, long From, long To, long BeforeFrom, long BeforeTo, bool Bad, bool Worse, bool Enough, bool ControlAsBad,
    ChangeResponse Sent, ChangeResponse? Received, ChangeResponse? Control, IReadOnlyList<string> ControlPods)
{
    internal static ComparisonResponse OfComparison(Comparison comparison) => new(
        comparison.Of, comparison.During.From, comparison.During.To, comparison.Before.From, comparison.Before.To, comparison.IsBad, comparison.IsWorse, comparison.IsEnough,
        comparison.ControlBecameAsBad, ChangeResponse.Of(comparison.From)!, ChangeResponse.Of(comparison.To), ChangeResponse.Of(comparison.Control), comparison.ControlPods);
}

/// <summary>The same probes before and during.</summary>
/// <param name="Before">Figures before.</param>
/// <param name="During">Figures during.</param>
/// <param name="LossBefore">Share of probes that lost a packet before: drops, time-outs, missing routes; 0 to 1.</param>
/// <param name="Loss">The same during.</param>
/// <param name="LossLow">Lower end of what it may truly be (95 %).</param>
/// <param name="LossHigh">Upper end of it.</param>
/// <param name="LossBroken">Whether it is significantly above what an SLA allows.</param>
/// <param name="LossRose">Whether it rose significantly.</param>
/// <param name="LatencyBroken">Whether P99 is significantly above what an SLA allows.</param>
/// <param name="LatencyRose">Whether latency rose significantly.</param>
public sealed record ChangeResponse(
    SlaScopeResponse Before, SlaScopeResponse During, double LossBefore, double Loss, double LossLow, double LossHigh,
    bool LossBroken, bool LossRose, bool LatencyBroken, bool LatencyRose)
{
    internal static ChangeResponse? Of(Change? change) => change is null ? null : new ChangeResponse(
        SlaScopeResponse.Of(change.Before), SlaScopeResponse.Of(change.During), change.LossBefore, change.Loss, change.LossInterval.Low, change.LossInterval.High,
        change.LossBroken, change.LossRose, change.LatencyBroken, change.LatencyRose);
}
