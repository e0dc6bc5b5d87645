using Pingmesh.Analysis.Ingest;
using Pingmesh.Analysis.Naming;
using Pingmesh.Core.Measurements;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Accumulation;

/// <summary>
/// All windows in memory, shared by the ingest loop (the only one that adds), the flush and any number of queries.
/// One lock guards it; long readings hold it for one row at a time.
/// </summary>
internal sealed class WindowMemory
{
    private readonly Lock gate = new();
    private readonly LiveWindows live;
    private Generation active = new();
    private Generation? frozen;

    public WindowMemory(LiveWindows live) => this.live = live;

    /// <summary>About how much memory what waits for a flush takes.</summary>
    public long PendingBytes
    {
        get
        {
            lock (gate) return active.Bytes + (frozen?.Bytes ?? 0);
        }
    }

    /// <summary>Whether a flush did not succeed, so that its generation is still here.</summary>
    public bool HasFrozen
    {
        get
        {
            lock (gate) return frozen is not null;
        }
    }

    /// <summary>Cells of the live windows.</summary>
    public int LiveCellCount => Live(windows => windows.CellCount);

    /// <summary>Adds a batch that the journal holds at <paramref name="position"/>.</summary>
    public void Apply(CheckedBatch batch, EndDirectory ends, long position, long now)
    {
        lock (gate)
        {
            active.UpTo = position;
            BatchApplication.Apply(batch, ends, active, live, now);
            live.Trim(now);
        }
    }

    /// <summary>
    /// The generation to be flushed next: the one whose flush did not succeed, else what has come since, from now on
    /// unchanging. Null when there is nothing.
    /// </summary>
    public Generation? Freeze()
    {
        lock (gate)
        {
            if (frozen is not null) return frozen;
            if (active.UpTo == 0) return null;
            frozen = active;
            active = new Generation();
            return frozen;
        }
    }

    /// <summary>Drops a generation that the store holds.</summary>
    public void Release(Generation generation)
    {
        lock (gate)
        {
            if (ReferenceEquals(frozen, generation)) frozen = null;
        }
    }

    /// <summary>
    /// The generations that the store may not hold yet. A query takes these first, then reads the store, then leaves
    /// out each one up to whose <see cref="Generation.UpTo"/> the store's mark had come: whichever moment of a flush
    /// it meets, everything counts once.
    /// </summary>
    public IReadOnlyList<Generation> Capture()
    {
        lock (gate) return frozen is null ? [active] : [frozen, active];
    }

    /// <summary>
    /// Hands each row of a generation that the query asks for to <paramref name="visit"/>, and whether what it gets is its
    /// own: else it must not keep or change it.
    /// </summary>
    public void Visit(Generation generation, WindowQuery query, Action<RowKey, Dictionary<int, Measurement>, bool> visit)
    {
        Visit(generation.Cells, query, (key, row) => visit(key, row, false));
        List<KeyValuePair<RowKey, HostPairRows.Part[]>> packed;
        lock (gate) packed = generation.HostPairs.Find(query);
        foreach (var (key, parts) in packed) visit(key, HostPairRows.Unpack(parts), true);
    }

    /// <summary>Hands each row that the query asks for to <paramref name="visit"/>, which must not keep or change what it gets.</summary>
    public void Visit(WindowCells cells, WindowQuery query, Action<RowKey, Dictionary<int, Measurement>> visit)
    {
        List<KeyValuePair<RowKey, Dictionary<int, Measurement>>> rows;
        lock (gate) rows = cells.Find(query);
        foreach (var (key, row) in rows)
        {
            lock (gate) visit(key, row);
        }
    }

    /// <summary>The evidence of a generation that the query asks for.</summary>
    public List<EvidenceRecord> FindEvidence(Generation generation, EvidenceQuery query)
    {
        lock (gate) return generation.Evidence.FindAll(query.Matches);
    }

    /// <summary>The noise of a generation that the query asks for.</summary>
    public List<NoiseRecord> FindNoise(Generation generation, NoiseQuery query)
    {
        lock (gate) return generation.Noise.FindAll(query.Matches);
    }

    /// <summary>Looks at the live windows.</summary>
    public T Live<T>(Func<LiveWindows, T> look)
    {
        lock (gate) return look(live);
    }

    /// <summary>Runs <paramref name="work"/> while nothing is added.</summary>
    public void Exclusively(Action work)
    {
        lock (gate) work();
    }
}
