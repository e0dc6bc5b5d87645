using Microsoft.AspNetCore.Http;
using Pingmesh.Analysis.Heatmaps;
using Pingmesh.Analysis.Patterns;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/heatmap</c>: all pairs of pods, podsets, data centers or hosts, live or over a range.</summary>
internal sealed class HeatmapEndpoint(HeatmapReader heatmaps, HeatmapThresholds thresholds, Func<Topology> topology, TimeProvider time)
{
    private static readonly Dictionary<string, HeatmapLevel> Levels = new()
    {
        ["pod"] = HeatmapLevel.Pod, ["podset"] = HeatmapLevel.Podset, ["dc"] = HeatmapLevel.Dc, ["host"] = HeatmapLevel.Host,
    };

    public async Task<IResult> GetAsync(
        string? from, string? to, string? level, string? scope, string? kind, string? @class, string? qos, bool? baseline, string? format, CancellationToken cancel)
    {
        level ??= "pod";
        var heatmap = await heatmaps.ReadAsync(
            new HeatmapQuery(
                TimeRangeText.Read(from, to, time), RequestText.OneOf(level, "level", Levels), RequestText.Scope(scope), RequestText.Series(kind, @class, qos), baseline ?? false),
            cancel).ConfigureAwait(false);
        var known = topology();
        var answer = new HeatmapResponse(
            heatmap.IsLive,
            heatmap.IsComplete,
            heatmap.Covered.From,
            heatmap.Covered.To,
            level,
            known.Hosts.Count,
            new HeatmapThresholdsResponse(thresholds.YellowMilliseconds * 1000, thresholds.RedMilliseconds * 1000, thresholds.DropRate),
            [.. heatmap.Scopes.Select(name => ScopeOf(name, heatmap.Level, known))],
            new HeatmapCellsResponse(
                heatmap.Sources,
                heatmap.Targets,
                heatmap.Probes,
                heatmap.Failures,
                heatmap.Drops,
                Array.ConvertAll(heatmap.P50Microseconds, Known),
                Array.ConvertAll(heatmap.P99Microseconds, Known),
                Array.ConvertAll(heatmap.UsualP99Microseconds, Known),
                Array.ConvertAll(heatmap.States, state => state.Name())),
            heatmap.Level == HeatmapLevel.Pod ? HeatmapPatternResponse.Of(PatternClassifier.Classify(heatmap)) : null);
        return Export.Of(format, answer, () => TableOf(answer));
    }

    private static ExportTable TableOf(HeatmapResponse heatmap)
    {
        var (scopes, cells) = (heatmap.Scopes, heatmap.Cells);
        return new ExportTable(
            ["from", "to", "source", "target", "probes", "failures", "drops", "p50_us", "p99_us", "usual_p99_us", "state"],
            Enumerable.Range(0, cells.Source.Count).Select(i => (IReadOnlyList<object?>)
            [
                heatmap.From, heatmap.To, scopes[cells.Source[i]].Path, scopes[cells.Target[i]].Path, cells.Probes[i], cells.Failures[i], cells.Drops[i], cells.P50Us[i], cells.P99Us[i],
                cells.UsualP99Us[i], cells.State[i],
            ]));
    }

    private static HeatmapScopeResponse ScopeOf(string name, HeatmapLevel level, Topology topology)
    {
        if (level == HeatmapLevel.Host)
        {
            var pod = topology.FindHost(name)?.Pod;
            return new HeatmapScopeResponse(name, pod?.Podset.Dc.Name ?? "", pod?.Podset.Name, pod?.Name, 1);
        }

        var parts = name.Split('/');
        var hosts = level == HeatmapLevel.Pod
            ? topology.FindPod(name)?.Hosts.Count ?? 0
            : topology.Dcs.Where(dc => dc.Name == parts[0]).SelectMany(dc => dc.Podsets).Where(podset => parts.Length < 2 || podset.Name == parts[1])
                .Sum(podset => podset.Pods.Sum(pod => pod.Hosts.Count));
        return new HeatmapScopeResponse(name, parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2), hosts);
    }

    private static double? Known(double microseconds) => double.IsNaN(microseconds) ? null : Math.Round(microseconds, 1);
}

/// <summary>A heatmap. Times in Unix seconds.</summary>
/// <param name="Live">Whether it shows the last seconds rather than stored windows.</param>
/// <param name="Complete">Whether no measurement of that time can come any more.</param>
/// <param name="From">Start of the time really covered.</param>
/// <param name="To">End of it.</param>
/// <param name="Level">What rows and columns are: <c>pod</c>, <c>podset</c>, <c>dc</c> or <c>host</c>.</param>
/// <param name="Hosts">Hosts in the topology.</param>
/// <param name="Thresholds">When cells are yellow and red.</param>
/// <param name="Scopes">All rows, which are the columns too, in the topology's order.</param>
/// <param name="Cells">The cells that were measured.</param>
/// <param name="Pattern">What it shows as a whole; of pods only.</param>
public sealed record HeatmapResponse(
    bool Live, bool Complete, long From, long To, string Level, int Hosts, HeatmapThresholdsResponse Thresholds, IReadOnlyList<HeatmapScopeResponse> Scopes,
    HeatmapCellsResponse Cells, HeatmapPatternResponse? Pattern);

/// <summary>When a cell is yellow or red.</summary>
/// <param name="YellowUs">P99 from which it is yellow, microseconds.</param>
/// <param name="RedUs">P99 above which it is red, microseconds.</param>
/// <param name="DropRate">Drop rate above which it is red, when significant.</param>
public sealed record HeatmapThresholdsResponse(double YellowUs, double RedUs, double DropRate);

/// <summary>A row and a column of the heatmap.</summary>
/// <param name="Path">Its name: <c>dc/podset/pod</c>, <c>dc/podset</c>, <c>dc</c> or a host's.</param>
/// <param name="Dc">Its data center.</param>
/// <param name="Podset">Its podset; null for data centers.</param>
/// <param name="Pod">Its pod; null for podsets and data centers.</param>
/// <param name="Hosts">Hosts in it.</param>
public sealed record HeatmapScopeResponse(string Path, string Dc, string? Podset, string? Pod, int Hosts);

/// <summary>The measured cells as parallel arrays.</summary>
/// <param name="Source">Index of the source.</param>
/// <param name="Target">Index of the target.</param>
/// <param name="Probes">Probes.</param>
/// <param name="Failures">Probes that failed.</param>
/// <param name="Drops">Successful probes that needed SYN retransmissions.</param>
/// <param name="P50Us">Median RTT, microseconds; null without RTTs.</param>
/// <param name="P99Us">99th percentile of the RTT, microseconds; null without RTTs.</param>
/// <param name="UsualP99Us">What it was in the day before, microseconds; null where too little was measured then, or the range was asked for without <c>baseline</c>.</param>
/// <param name="State"><c>unreachable</c>, <c>green</c>, <c>yellow</c> or <c>red</c>.</param>
public sealed record HeatmapCellsResponse(
    IReadOnlyList<int> Source,
    IReadOnlyList<int> Target,
    IReadOnlyList<long> Probes,
    IReadOnlyList<long> Failures,
    IReadOnlyList<long> Drops,
    IReadOnlyList<double?> P50Us,
    IReadOnlyList<double?> P99Us,
    IReadOnlyList<double?> UsualP99Us,
    IReadOnlyList<string> State);
