namespace Pingmesh.Analysis.Ingest;

/// <summary>What ingest has counted since it started, and what it holds now.</summary>
public sealed record IngestCounts
{
    /// <summary>Batches accepted.</summary>
    public long Accepted { get; init; }

    /// <summary>Batches that had been accepted before.</summary>
    public long Duplicate { get; init; }

    /// <summary>Batches refused as malformed.</summary>
    public long Invalid { get; init; }

    /// <summary>Batches refused because too much was waiting.</summary>
    public long Busy { get; init; }

    /// <summary>Batches refused because the store could not take them.</summary>
    public long Unavailable { get; init; }

    /// <summary>Uploads of a sender that may not speak for the batch's host.</summary>
    public long Forbidden { get; init; }

    /// <summary>Bytes of all uploads, unzipped.</summary>
    public long Bytes { get; init; }

    /// <summary>Probes of accepted batches.</summary>
    public long Probes { get; init; }

    /// <summary>Probes of accepted batches that came too late and were left out.</summary>
    public long LateProbes { get; init; }

    /// <summary>Evidence records of accepted batches.</summary>
    public long Records { get; init; }

    /// <summary>Evidence records that agents had no room for.</summary>
    public long RecordsOmitted { get; init; }

    /// <summary>Windows that hosts marked because they were in trouble themselves.</summary>
    public long NoisyWindows { get; init; }

    /// <summary>Batches read back from the journal at the start.</summary>
    public long Replayed { get; init; }

    /// <summary>Batches of the journal that could not be read or merged; 0 unless the file is damaged or sums overflow.</summary>
    public long Unreadable { get; init; }

    /// <summary>Accepted batches of hosts that are not in the topology.</summary>
    public long FromUnknownHosts { get; init; }

    /// <summary>Rows of accepted batches whose peer is not in the topology.</summary>
    public long ToUnknownPeers { get; init; }

    /// <summary>Flushes of memory to the store.</summary>
    public long Flushes { get; init; }

    /// <summary>Flushes that failed and were tried again.</summary>
    public long FailedFlushes { get; init; }

    /// <summary>Time all flushes took.</summary>
    public TimeSpan FlushTime { get; init; }

    /// <summary>Time the last flush took.</summary>
    public TimeSpan LastFlushTime { get; init; }

    /// <summary>Batches in the journal now.</summary>
    public long JournalBatches { get; init; }

    /// <summary>Bytes of the batches in the journal now.</summary>
    public long JournalBytes { get; init; }

    /// <summary>Uploads that wait now.</summary>
    public int Queued { get; init; }

    /// <summary>About how many bytes of memory measurements take that wait for a flush now.</summary>
    public long PendingBytes { get; init; }

    /// <summary>Cells of the windows of 10 s now.</summary>
    public int LiveCells { get; init; }
}
