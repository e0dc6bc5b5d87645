namespace Pingmesh.Store.Journal;

/// <summary>A batch the journal holds.</summary>
/// <param name="Position">Its position, from 1; later batches have larger ones, and none is used twice.</param>
/// <param name="Body">The bytes of the MeasurementBatch.</param>
public readonly record struct JournalEntry(long Position, ReadOnlyMemory<byte> Body);

/// <summary>How much a journal holds.</summary>
/// <param name="Batches">Batches.</param>
/// <param name="Bytes">Bytes of their bodies.</param>
public readonly record struct JournalSize(long Batches, long Bytes);
