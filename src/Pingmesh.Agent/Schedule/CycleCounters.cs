namespace Pingmesh.Agent.Schedule;

/// <summary>
/// Counts the rounds over the groups of a plan. A round that cannot be finished in its interval is finished before the
/// next one begins, and counted as overrun. Written by the schedule's thread, read by any.
/// </summary>
public sealed class CycleCounters
{
    // A round takes a little longer than the interval by design, and ticks are 100 ms apart.
    private const double Tolerance = 1.05;
    private const long TickNanoseconds = 200_000_000;

    private long finished;
    private long overrun;
    private long lastOverrun;

    /// <summary>Rounds finished.</summary>
    public long Finished => Volatile.Read(ref finished);

    /// <summary>Rounds that took longer than their interval.</summary>
    public long Overrun => Volatile.Read(ref overrun);

    /// <summary>The last overrun round's time beyond its interval; zero before there is one.</summary>
    public TimeSpan LastOverrun => TimeSpan.FromMicroseconds(Volatile.Read(ref lastOverrun) / 1000.0);

    internal void Count(long nanoseconds, long interval)
    {
        Volatile.Write(ref finished, finished + 1);
        if (nanoseconds <= (interval * Tolerance) + TickNanoseconds) return;
        Volatile.Write(ref overrun, overrun + 1);
        Volatile.Write(ref lastOverrun, nanoseconds - interval);
    }
}
