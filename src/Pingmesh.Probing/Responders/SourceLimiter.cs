namespace Pingmesh.Probing.Responders;

/// <summary>
/// Limits packets and bytes a second of each source by token buckets in a table of fixed size, so that memory stays the
/// same whatever sources are forged. Sources whose keys meet in the table share a bucket. Used by one thread.
/// </summary>
/// <param name="packetsPerSecond">Packets a second of one source; as many may come at once.</param>
/// <param name="bytesPerSecond">Bytes a second of one source; as many may come at once.</param>
internal sealed class SourceLimiter(int packetsPerSecond, long bytesPerSecond)
{
    private const int Buckets = 4_096;
    private const double NanosecondsPerSecond = 1e9;

    private readonly Bucket[] buckets = new Bucket[Buckets];
    private readonly ulong salt = (ulong)Random.Shared.NextInt64() | 1;

    /// <summary>Whether a packet is within its source's limits; then it is counted.</summary>
    /// <param name="source">See <see cref="SourceKey"/>.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="now">Monotonic nanoseconds.</param>
    public bool Allows(ulong source, int bytes, long now)
    {
        // Multiplied by an odd number of chance, so that nobody can aim at another's bucket.
        ref var bucket = ref buckets[(source * salt * 0x9E37_79B9_7F4A_7C15UL) >> 52];
        var elapsed = bucket.At == 0 ? 1 : Math.Min(1, (now - bucket.At) / NanosecondsPerSecond);
        bucket.At = now;
        bucket.Packets = Math.Min(packetsPerSecond, bucket.Packets + (elapsed * packetsPerSecond));
        bucket.Bytes = Math.Min(bytesPerSecond, bucket.Bytes + (elapsed * bytesPerSecond));
        if (bucket.Packets < 1 || bucket.Bytes < bytes) return false;
        bucket.Packets--;
        bucket.Bytes -= bytes;
        return true;
    }

    private struct Bucket
    {
        public long At;
        public double Packets;
        public double Bytes;
    }
}
