using Pingmesh.Analysis.Heatmaps;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/heatmap</c>: all pod pairs, live or over a range.</summary>
internal sealed class HeatmapEndpoint(HeatmapReader heatmaps, HeatmapThresholds thresholds, Func<Topology> topology, TimeProvider time)
{
    public async Task<HeatmapResponse> GetAsync(string? from, string? to, CancellationToken cancel)
    {
        var heatmap = await heatmaps.ReadAsync(TimeRangeText.Read(from, to, time), cancel).ConfigureAwait(false);
        var known = topology();
        return new HeatmapResponse(
            heatmap.IsLive,
            heatmap.Covered.From,
            heatmap.Covered.To,
            known.Hosts.Count,
            new HeatmapThresholdsResponse(thresholds.YellowMilliseconds * 1000, thresholds.RedMilliseconds * 1000, thresholds.DropRate),
            [.. heatmap.Pods.Select(path => PodOf(path, known))],
            new HeatmapCellsResponse(
                heatmap.Sources,
                heatmap.Targets,
                heatmap.Probes,
                heatmap.Failures,
                heatmap.Drops,
                Array.ConvertAll(heatmap.P50Microseconds, Known),
                Array.ConvertAll(heatmap.P99Microseconds, Known),
                Array.ConvertAll(heatmap.States, state => state.Name())));
    }

    private static HeatmapPodResponse PodOf(string path, Topology topology)
    {
        var parts = path.Split('/');
        return new HeatmapPodResponse(path, parts[0], parts[1], parts[2], topology.FindPod(path)?.Hosts.Count ?? 0);
    }

    private static double? Known(double microseconds) => double.IsNaN(microseconds) ? null : Math.Round(microseconds, 1);
}

/// <summary>A heatmap. Times in Unix seconds.</summary>
/// <param name="Live">Whether it shows the last seconds rather than stored windows.</param>
/// <param name="From">Start of the time really covered.</param>
/// <param name="To">End of it.</param>
/// <param name="Hosts">Hosts in the topology.</param>
/// <param name="Thresholds">When cells are yellow and red.</param>
/// <param name="Pods">All pods, in the topology's order.</param>
/// <param name="Cells">The cells that were measured.</param>
public sealed record HeatmapResponse(
    bool Live, long From, long To, int Hosts, HeatmapThresholdsResponse Thresholds, IReadOnlyList<HeatmapPodResponse> Pods, HeatmapCellsResponse Cells);

/// <summary>When a cell is yellow or red.</summary>
/// <param name="YellowUs">P99 from which it is yellow, microseconds.</param>
/// <param name="RedUs">P99 above which it is red, microseconds.</param>
/// <param name="DropRate">Drop rate above which it is red, when significant.</param>
public sealed record HeatmapThresholdsResponse(double YellowUs, double RedUs, double DropRate);

/// <summary>A row and a column of the heatmap.</summary>
/// <param name="Path"><c>dc/podset/pod</c>.</param>
/// <param name="Dc">Its data center.</param>
/// <param name="Podset">Its podset.</param>
/// <param name="Pod">Its name.</param>
/// <param name="Hosts">Hosts in it.</param>
public sealed record HeatmapPodResponse(string Path, string Dc, string Podset, string Pod, int Hosts);

/// <summary>The measured cells as parallel arrays.</summary>
/// <param name="Source">Index of the source pod.</param>
/// <param name="Target">Index of the target pod.</param>
/// <param name="Probes">Probes.</param>
/// <param name="Failures">Probes that failed.</param>
/// <param name="Drops">Successful probes that needed SYN retransmissions.</param>
/// <param name="P50Us">Median RTT, microseconds; null without RTTs.</param>
/// <param name="P99Us">99th percentile of the RTT, microseconds; null without RTTs.</param>
/// <param name="State"><c>unreachable</c>, <c>green</c>, <c>yellow</c> or <c>red</c>.</param>
public sealed record HeatmapCellsResponse(
    IReadOnlyList<int> Source,
    IReadOnlyList<int> Target,
    IReadOnlyList<long> Probes,
    IReadOnlyList<long> Failures,
    IReadOnlyList<long> Drops,
    IReadOnlyList<double?> P50Us,
    IReadOnlyList<double?> P99Us,
    IReadOnlyList<string> State);
