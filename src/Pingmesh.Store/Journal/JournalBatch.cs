namespace Pingmesh.Store.Journal;

/// <summary>An upload on its way into the journal.</summary>
/// <param name="Host">Name of the reporting host.</param>
/// <param name="Epoch">Epoch of its agent.</param>
/// <param name="Sequence">Sequence within the epoch, at least 1.</param>
/// <param name="Body">The bytes of the MeasurementBatch.</param>
public readonly record struct JournalBatch(string Host, ulong Epoch, long Sequence, ReadOnlyMemory<byte> Body);
