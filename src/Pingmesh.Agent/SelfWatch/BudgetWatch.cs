using System.Globalization;

namespace Pingmesh.Agent.SelfWatch;

/// <summary>
/// Says when the process is over its budget, so that probing is suspended: CPU time averaged over a minute, and resident
/// memory. Suspension ends when both have been back below nine tenths of the budget for ten seconds. To be asked once a
/// second or so. Not thread-safe.
/// </summary>
public sealed class BudgetWatch(Func<ProcessUse> read, TimeProvider time)
{
    private const double Resume = 0.9;

    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    private readonly Queue<(long At, TimeSpan Cpu)> samples = new();
    private long calmSince;

    /// <summary>Why probing is to be suspended, as a sentence; null when it is not.</summary>
    public string? Reason { get; private set; }

    /// <summary>Times that probing was suspended.</summary>
    public long Suspensions { get; private set; }

    /// <summary>CPU time of the process as a share of one core, over the last minute at most.</summary>
    public double Cpu { get; private set; }

    /// <summary>Resident memory of the process, bytes.</summary>
    public long ResidentBytes { get; private set; }

    /// <summary>Measures, and decides.</summary>
    /// <param name="limits">The budgets.</param>
    public void Check(AgentLimits limits)
    {
        var now = time.GetTimestamp();
        var use = read();
        ResidentBytes = use.ResidentBytes;
        samples.Enqueue((now, use.CpuTime));
        while (samples.Count > 1 && time.GetElapsedTime(samples.Peek().At, now) > Span) samples.Dequeue();
        var oldest = samples.Peek();
        var elapsed = time.GetElapsedTime(oldest.At, now);

        // A start costs CPU time once; a share of a few seconds would say that it goes on.
        Cpu = (use.CpuTime - oldest.Cpu) / (elapsed < Span ? Span : elapsed);
        if (Over(limits, 1) is { } over)
        {
            if (Reason is null) Suspensions++;
            Reason = over;
            calmSince = now;
        }
        else if (Reason is not null && Over(limits, Resume) is not null)
        {
            calmSince = now;
        }
        else if (Reason is not null && time.GetElapsedTime(calmSince, now) >= Calm)
        {
            Reason = null;
        }
    }

    private string? Over(AgentLimits limits, double share)
    {
        if (Cpu > limits.CpuBudget * share)
            return string.Create(CultureInfo.InvariantCulture, $"the process used {Cpu * 100:F1} % of a core over the last minute; its budget is {limits.CpuBudget * 100:F1} %");
        if (ResidentBytes > limits.MemoryBudget * share)
            return string.Create(CultureInfo.InvariantCulture, $"the process holds {ResidentBytes >> 20} MB of memory; its budget is {limits.MemoryBudget >> 20} MB");
        return null;
    }
}
