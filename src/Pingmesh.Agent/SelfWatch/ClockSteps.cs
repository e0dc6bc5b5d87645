namespace Pingmesh.Agent.SelfWatch;

/// <summary>A reading of both clocks at one moment.</summary>
/// <param name="MonotonicNanoseconds">CLOCK_MONOTONIC, from a moment of its own on.</param>
/// <param name="UnixNanoseconds">CLOCK_REALTIME.</param>
public readonly record struct ClockReading(long MonotonicNanoseconds, long UnixNanoseconds);

/// <summary>
/// Finds steps of the wall clock: changes of its distance to the monotonic clock that no slewing explains. Slewing
/// changes the rate by 500 ppm at most (adjtimex(2)). Not thread-safe.
/// </summary>
public sealed class ClockSteps
{
    // A step smaller than this disturbs no window and no RTT, since RTTs come from one clock.
    private const long StepNanoseconds = 5_000_000;
    private const double SlewRate = 600e-6;

    // A reading that was interrupted between its two clocks says nothing.
    private const long TightNanoseconds = 100_000;
    private const int Attempts = 3;

    private readonly TimeProvider time;
    private readonly long origin;
    private ClockReading last;

    /// <summary>Watches the clocks of <paramref name="time"/>.</summary>
    public ClockSteps(TimeProvider time)
    {
        this.time = time;
        origin = time.GetTimestamp();
        last = ReadOnce(out _);
    }

    /// <summary>Reads both clocks.</summary>
    /// <param name="stepped">Whether the wall clock stepped since the reading before.</param>
    public ClockReading Read(out bool stepped)
    {
        var reading = last;
        var tight = false;
        for (var i = 0; i < Attempts && !tight; i++) reading = ReadOnce(out tight);
        stepped = false;
        if (!tight) return reading;
        var moved = (reading.UnixNanoseconds - last.UnixNanoseconds) - (reading.MonotonicNanoseconds - last.MonotonicNanoseconds);
        stepped = Math.Abs(moved) > StepNanoseconds + (SlewRate * (reading.MonotonicNanoseconds - last.MonotonicNanoseconds));
        last = reading;
        return reading;
    }

    private ClockReading ReadOnce(out bool tight)
    {
        var before = Monotonic();
        var unix = (time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * TimeSpan.NanosecondsPerTick;
        var after = Monotonic();
        tight = after - before <= TightNanoseconds;
        return new ClockReading(before, unix);
    }

    private long Monotonic() => (long)time.GetElapsedTime(origin).TotalNanoseconds;
}
