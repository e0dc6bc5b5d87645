namespace Pingmesh.Store;

/// <summary>Times of documents as both engines keep them: microseconds of Unix time, so that a document comes back with the time it was given.</summary>
internal static class DocumentTime
{
    public static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset From(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
