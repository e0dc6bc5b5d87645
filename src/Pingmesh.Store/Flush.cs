namespace Pingmesh.Store;

/// <summary>Everything that became of a stretch of journal entries, on its way to the store.</summary>
/// <param name="JournalId">The journal the entries are in.</param>
/// <param name="UpTo">
/// Position of the last entry. The stretch begins after the journal's last flush, so the store's mark
/// (<see cref="FlushMarks"/>) tells which entries it holds, and writing a flush again does nothing.
/// </param>
/// <param name="Rows">Parts of window rows, made anew whenever they are enumerated: many at once would fill the memory.</param>
/// <param name="Evidence">Evidence records.</param>
/// <param name="Noise">Noise records; several of one host and window add up.</param>
public sealed record Flush(
    string JournalId, long UpTo, IEnumerable<WindowRow> Rows, IReadOnlyList<EvidenceRecord> Evidence, IReadOnlyList<NoiseRecord> Noise);
