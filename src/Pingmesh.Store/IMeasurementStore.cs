namespace Pingmesh.Store;

/// <summary>
/// Where windows, evidence and the names they refer to are kept. Any number of readers run beside one writer. Every
/// method throws <see cref="StoreUnavailableException"/> when the store cannot do it now; nothing is then half done,
/// and the same call may be made again.
/// </summary>
public interface IMeasurementStore
{
    /// <summary>
    /// Names with their numbers: all those above <paramref name="after"/>. Names that rows of a later reading refer to
    /// are among those read before it.
    /// </summary>
    ValueTask<IReadOnlyList<NumberedName>> ReadNamesAsync(int after = 0, CancellationToken cancellationToken = default);

    /// <summary>
    /// The numbers of <paramref name="names"/>, in their order; a name that has none gets one. Durable on return.
    /// </summary>
    ValueTask<IReadOnlyList<int>> AddNamesAsync(IReadOnlyList<Name> names, CancellationToken cancellationToken = default);

    /// <summary>Up to where each journal has been taken in.</summary>
    ValueTask<FlushMarks> ReadMarksAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes in a flush: rows, evidence, noise and the journal's new mark become visible and durable together or not at all.
    /// A flush that does not go beyond the journal's mark was taken in before and changes nothing.
    /// </summary>
    ValueTask WriteAsync(Flush flush, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads rows, in no particular order and possibly in several parts, and hands each to <paramref name="visit"/>,
    /// which may keep what it gets. Returns the marks of the state that was read.
    /// </summary>
    ValueTask<FlushMarks> ReadWindowsAsync(WindowQuery query, Action<WindowRow> visit, CancellationToken cancellationToken = default);

    /// <summary>Reads evidence, newest first. Returns also the marks of the state that was read.</summary>
    ValueTask<(IReadOnlyList<EvidenceRecord> Records, FlushMarks Marks)> ReadEvidenceAsync(
        EvidenceQuery query, CancellationToken cancellationToken = default);

    /// <summary>Reads noise, in no particular order. Returns also the marks of the state that was read.</summary>
    ValueTask<(IReadOnlyList<NoiseRecord> Records, FlushMarks Marks)> ReadNoiseAsync(NoiseQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Merges the parts of one window that ended by <paramref name="endedBy"/> (Unix seconds) into one part a row, or
    /// makes or renews one roll-up of such windows. Returns whether there was one: call again until there is none.
    /// </summary>
    ValueTask<bool> CompactAsync(long endedBy, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes some of what <paramref name="retention"/> no longer keeps at <paramref name="now"/> and gives back
    /// space. Returns whether it did something: call again until it did not.
    /// </summary>
    ValueTask<bool> ExpireAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken = default);
}
