using Pingmesh.Store;

namespace Pingmesh.Analysis.Accumulation;

/// <summary>
/// What became of the batches since the flush before: the next flush. It is filled, then frozen, then written, and
/// dropped when the store holds it. Guarded by its <see cref="WindowMemory"/>.
/// </summary>
internal sealed class Generation
{
    private long upTo;

    // What one costs in memory, with what its containers need.
    private const int CellBytes = 700;
    private const int EvidenceBytes = 200;
    private const int NoiseBytes = 40;

    /// <summary>Windows of 1 minute.</summary>
    public WindowCells Cells { get; } = new();

    /// <summary>Windows of 10 minutes.</summary>
    public HostPairRows HostPairs { get; } = new();

    /// <summary>About how much memory it takes.</summary>
    public long Bytes => ((long)Cells.Count * CellBytes) + HostPairs.Bytes + ((long)Evidence.Count * EvidenceBytes) + ((long)Noise.Count * NoiseBytes);

    /// <summary>Evidence records.</summary>
    public List<EvidenceRecord> Evidence { get; } = [];

    /// <summary>Noise records.</summary>
    public List<NoiseRecord> Noise { get; } = [];

    /// <summary>Journal position of the last batch in it; 0 when it is empty.</summary>
    public long UpTo
    {
        get => Volatile.Read(ref upTo);
        set => Volatile.Write(ref upTo, value);
    }

    /// <summary>Everything in it, for the store. It must be frozen.</summary>
    public Flush ToFlush(string journalId) => new(journalId, UpTo, Rows(), Evidence, Noise);

    private IEnumerable<WindowRow> Rows()
    {
        foreach (var (key, cells) in Cells.Rows)
        {
            var sorted = cells.ToList();
            sorted.Sort((a, b) => a.Key.CompareTo(b.Key));
            yield return new WindowRow(key.Level, key.Start, key.Series, key.Row, sorted);
        }

        foreach (var row in HostPairs.Unpacked()) yield return row;
    }
}
