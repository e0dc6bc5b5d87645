namespace Pingmesh.Store;

/// <summary>Which evidence to read: the newest first, up to a limit.</summary>
/// <param name="From">Earliest start of a probe, microseconds of Unix time.</param>
/// <param name="To">End of the range, microseconds of Unix time; left out itself.</param>
/// <param name="Limit">Most records to return, at least 1.</param>
/// <param name="Source">Name id of the only source wanted; null for all.</param>
/// <param name="Target">Name id of the only target wanted; null for all.</param>
public sealed record EvidenceQuery(long From, long To, int Limit, int? Source = null, int? Target = null)
{
    /// <summary>Whether <paramref name="record"/> is asked for.</summary>
    public bool Matches(EvidenceRecord record) =>
        record.StartedUnixMicroseconds >= From && record.StartedUnixMicroseconds < To
        && (Source is null || record.Source == Source) && (Target is null || record.Target == Target);
}
