namespace Pingmesh.Probing;

/// <summary>The wall clock as outcomes bear it.</summary>
internal static class UnixTime
{
    /// <summary>Microseconds of Unix time.</summary>
    public static long UnixMicroseconds(this TimeProvider time) =>
        (time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}
