using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Datagrams;

/// <summary>
/// The clock that the kernel stamps packets with and the one that no step disturbs, read at one moment. Two stamps make a
/// time only if the first clock has not stepped between them, which the second one tells.
/// </summary>
/// <param name="Unix">CLOCK_REALTIME, nanoseconds.</param>
/// <param name="Monotonic">CLOCK_MONOTONIC, nanoseconds.</param>
internal readonly record struct ClockPair(long Unix, long Monotonic)
{
    private const int Realtime = 0;

    // A step below this is no more than the unsharpness of two readings; slewing changes the rate by 500 ppm at most.
    private const long Tolerance = 100_000;
    private const double SlewRate = 600e-6;

    // A reading that was interrupted between its clocks is made again.
    private const long Tight = 20_000;
    private const int Attempts = 4;

    /// <summary>Both clocks now.</summary>
    public static ClockPair Now()
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = Read(Native.ClockMonotonic);
            var unix = Read(Realtime);
            var after = Read(Native.ClockMonotonic);
            if (after - before <= Tight || attempt == Attempts) return new ClockPair(unix, before + ((after - before) / 2));
        }
    }

    /// <summary>CLOCK_REALTIME, nanoseconds.</summary>
    public static long UnixNow() => Read(Realtime);

    /// <summary>CLOCK_MONOTONIC, nanoseconds.</summary>
    public static long MonotonicNow() => Read(Native.ClockMonotonic);

    /// <summary>Whether the wall clock stepped between an earlier reading and this one.</summary>
    public bool SteppedSince(ClockPair earlier)
    {
        var elapsed = Monotonic - earlier.Monotonic;
        return Math.Abs(Unix - earlier.Unix - elapsed) > Tolerance + (SlewRate * elapsed);
    }

    private static unsafe long Read(int clock)
    {
        Native.TimeSpec time;
        _ = Native.GetTime(clock, &time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }
}
