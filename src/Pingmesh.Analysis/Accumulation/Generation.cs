using Pingmesh.Store;

namespace Pingmesh.Analysis.Accumulation;

/// <summary>
/// What became of the batches since the flush before: the next flush. It is filled, then frozen, then written, and
/// dropped when the store holds it. Guarded by its <see cref="WindowMemory"/>.
/// </summary>
internal sealed class Generation
{
    private long upTo;

    /// <summary>Windows of 1 and 10 minutes.</summary>
    public WindowCells Cells { get; } = new();

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
    public Flush ToFlush(string journalId)
    {
        var rows = new List<WindowRow>(Cells.Rows.Count);
        foreach (var (key, cells) in Cells.Rows)
        {
            var sorted = cells.ToList();
            sorted.Sort((a, b) => a.Key.CompareTo(b.Key));
            rows.Add(new WindowRow(key.Level, key.Start, key.Series, key.Row, sorted));
        }

        return new Flush(journalId, UpTo, rows, Evidence, Noise);
    }
}
