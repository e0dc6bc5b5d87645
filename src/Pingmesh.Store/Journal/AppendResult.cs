namespace Pingmesh.Store.Journal;

/// <summary>What the journal did with a batch.</summary>
public enum AppendStatus
{
    /// <summary>It was new and is durable now.</summary>
    New,

    /// <summary>It had been accepted before.</summary>
    Duplicate,

    /// <summary>
    /// Its epoch's sequences have more gaps than the journal keeps track of (<see cref="SequenceSet.MaxIntervals"/>);
    /// it was not accepted.
    /// </summary>
    TooManyGaps,
}

/// <summary>What the journal did with a batch, and where it is.</summary>
/// <param name="Status">What it did.</param>
/// <param name="Position">Position of a new batch; 0 for others.</param>
public readonly record struct AppendResult(AppendStatus Status, long Position);
