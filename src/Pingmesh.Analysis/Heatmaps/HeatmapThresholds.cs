using Pingmesh.Analysis.Statistics;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>When a cell is green, yellow or red; the defaults are the paper's (sections 4.3 and 6.3).</summary>
public sealed record HeatmapThresholds
{
    private const double NanosecondsPerMillisecond = 1e6;

    /// <summary>P99 from which a cell is yellow, milliseconds; 4 unless set.</summary>
    public double YellowMilliseconds { get; init; } = 4;

    /// <summary>P99 above which a cell is red, milliseconds; 5 unless set.</summary>
    public double RedMilliseconds { get; init; } = 5;

    /// <summary>Drop rate above which a cell is red, 0 to 1; 1e-3 unless set.</summary>
    public double DropRate { get; init; } = 1e-3;

    /// <summary>
    /// How unlikely, at a true rate of <see cref="DropRate"/>, as many drops must be to count as more than that; 1e-3
    /// unless set. One drop among few probes is no finding.
    /// </summary>
    public double Significance { get; init; } = 1e-3;

    /// <summary>
    /// The state of a cell. Dropped connects have no RTT, so that drops alone must be able to turn a cell red.
    /// </summary>
    /// <param name="probes">All probes.</param>
    /// <param name="successes">Probes that succeeded.</param>
    /// <param name="drops">Of these, the ones that needed retransmissions.</param>
    /// <param name="p99">P99 of the RTT, nanoseconds; null without RTTs.</param>
    public CellState StateOf(long probes, long successes, long drops, double? p99)
    {
        if (probes == 0) return CellState.NoData;
        if (successes == 0) return CellState.Unreachable;
        if (p99 > RedMilliseconds * NanosecondsPerMillisecond) return CellState.Red;
        if (drops > successes * DropRate && BinomialTail.AtLeast(drops, successes, DropRate) < Significance) return CellState.Red;
        return p99 >= YellowMilliseconds * NanosecondsPerMillisecond ? CellState.Yellow : CellState.Green;
    }
}
