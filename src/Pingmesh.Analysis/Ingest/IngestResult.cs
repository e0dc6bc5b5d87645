namespace Pingmesh.Analysis.Ingest;

/// <summary>What became of an upload.</summary>
public enum IngestStatus
{
    /// <summary>It is durable and counts.</summary>
    Accepted,

    /// <summary>It had been accepted before; it counts once.</summary>
    Duplicate,

    /// <summary>It is malformed: sending it again is useless (HTTP 400).</summary>
    Invalid,

    /// <summary>The sender may not speak for the batch's host (HTTP 403).</summary>
    Forbidden,

    /// <summary>Too much is waiting: send it again later (HTTP 429).</summary>
    Busy,

    /// <summary>The store cannot take it now: send it again later (HTTP 503).</summary>
    Unavailable,
}

/// <summary>What became of an upload, and why.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Problem">A sentence for the sender, naming the field where it is one; null when there is no problem.</param>
public readonly record struct IngestResult(IngestStatus Status, string? Problem = null)
{
    /// <summary>Who sent it; null when it could not be read, or was refused for another reason than the sender's clock.</summary>
    public BatchOrigin? Origin { get; init; }
}
