namespace Pingmesh.Analysis.Ingest;

/// <summary>What ingest counts as it runs. Safe for any number of threads.</summary>
internal sealed class IngestCounters
{
    private readonly long[] byStatus = new long[Enum.GetValues<IngestStatus>().Length];
    private long bytes;
    private long probes;
    private long records;
    private long noisyWindows;
    private long recordsOmitted;
    private long lateProbes;
    private long replayed;
    private long unreadable;
    private long fromUnknownHosts;
    private long toUnknownPeers;
    private long flushes;
    private long failedFlushes;
    private long flushTicks;
    private long lastFlushTicks;

    public void Finished(IngestStatus status) => Interlocked.Increment(ref byStatus[(int)status]);

    public void Received(int length) => Interlocked.Add(ref bytes, length);

    /// <summary>A batch counts, for the first time or after a restart.</summary>
    public void Applied(CheckedBatch batch, bool isReplay)
    {
        if (isReplay)
        {
            Interlocked.Increment(ref replayed);
            return;
        }

        Interlocked.Add(ref probes, batch.Probes);
        Interlocked.Add(ref records, batch.Records.Count);
        Interlocked.Add(ref lateProbes, batch.LateProbes);
        Interlocked.Add(ref recordsOmitted, batch.RecordsOmitted);
        Interlocked.Add(ref noisyWindows, batch.Noise.Count);
    }

    /// <summary>A batch in the journal could not be read or merged.</summary>
    public void NotApplied() => Interlocked.Increment(ref unreadable);

    public void Unknown(long hosts, long peers)
    {
        Interlocked.Add(ref fromUnknownHosts, hosts);
        Interlocked.Add(ref toUnknownPeers, peers);
    }

    public void Flushed(TimeSpan took)
    {
        Interlocked.Increment(ref flushes);
        Interlocked.Add(ref flushTicks, took.Ticks);
        Interlocked.Exchange(ref lastFlushTicks, took.Ticks);
    }

    public void FlushFailed() => Interlocked.Increment(ref failedFlushes);

    public IngestCounts Read() => new()
    {
        Accepted = Of(IngestStatus.Accepted),
        Duplicate = Of(IngestStatus.Duplicate),
        Invalid = Of(IngestStatus.Invalid),
        Busy = Of(IngestStatus.Busy),
        Unavailable = Of(IngestStatus.Unavailable),
        Forbidden = Of(IngestStatus.Forbidden),
        Bytes = Interlocked.Read(ref bytes),
        Probes = Interlocked.Read(ref probes),
        Records = Interlocked.Read(ref records),
        RecordsOmitted = Interlocked.Read(ref recordsOmitted),
        LateProbes = Interlocked.Read(ref lateProbes),
        NoisyWindows = Interlocked.Read(ref noisyWindows),
        Replayed = Interlocked.Read(ref replayed),
        Unreadable = Interlocked.Read(ref unreadable),
        FromUnknownHosts = Interlocked.Read(ref fromUnknownHosts),
        ToUnknownPeers = Interlocked.Read(ref toUnknownPeers),
        Flushes = Interlocked.Read(ref flushes),
        FailedFlushes = Interlocked.Read(ref failedFlushes),
        FlushTime = new TimeSpan(Interlocked.Read(ref flushTicks)),
        LastFlushTime = new TimeSpan(Interlocked.Read(ref lastFlushTicks)),
    };

    private long Of(IngestStatus status) => Interlocked.Read(ref byStatus[(int)status]);
}
