namespace Pingmesh.Store.Journal;

/// <summary>Sequences first to last, both included.</summary>
internal readonly record struct SequenceInterval(long First, long Last);

/// <summary>How a <see cref="SequenceSet"/> changed: one interval was written, and perhaps one that it swallowed is gone.</summary>
/// <param name="Written">The interval that holds the new sequence.</param>
/// <param name="RemovedFirst">First of the interval that is no more; null when there is none.</param>
internal readonly record struct SequenceChange(SequenceInterval Written, long? RemovedFirst);

/// <summary>
/// The sequences of one epoch that were accepted, as intervals: one interval for an agent that lost nothing, however
/// long it runs. Not thread-safe.
/// </summary>
public sealed class SequenceSet
{
    /// <summary>Most intervals of one epoch.</summary>
    public const int MaxIntervals = 100_000;

    private readonly List<SequenceInterval> intervals;

    /// <summary>An empty set.</summary>
    public SequenceSet() => intervals = [];

    private SequenceSet(List<SequenceInterval> intervals) => this.intervals = intervals;

    internal IReadOnlyList<SequenceInterval> Intervals => intervals;

    internal bool IsFull => intervals.Count >= MaxIntervals;

    /// <summary>Whether <paramref name="sequence"/> is in the set.</summary>
    public bool Contains(long sequence)
    {
        var at = IndexAtOrBefore(sequence);
        return at >= 0 && intervals[at].Last >= sequence;
    }

    internal SequenceSet Copy() => new([.. intervals]);

    /// <summary>Adds a sequence that is not in the set.</summary>
    internal SequenceChange Add(long sequence)
    {
        var before = IndexAtOrBefore(sequence);
        var after = before + 1;
        var joinsBefore = before >= 0 && intervals[before].Last == sequence - 1;
        var joinsAfter = after < intervals.Count && intervals[after].First == sequence + 1;
        if (joinsBefore && joinsAfter)
        {
            var removed = intervals[after].First;
            intervals[before] = intervals[before] with { Last = intervals[after].Last };
            intervals.RemoveAt(after);
            return new SequenceChange(intervals[before], removed);
        }

        if (joinsBefore)
        {
            intervals[before] = intervals[before] with { Last = sequence };
            return new SequenceChange(intervals[before], null);
        }

        if (joinsAfter)
        {
            var removed = intervals[after].First;
            intervals[after] = intervals[after] with { First = sequence };
            return new SequenceChange(intervals[after], removed);
        }

        intervals.Insert(after, new SequenceInterval(sequence, sequence));
        return new SequenceChange(intervals[after], null);
    }

    /// <summary>Adds an interval that lies after all others, as when a stored set is read back.</summary>
    internal void Append(SequenceInterval interval) => intervals.Add(interval);

    // Index of the last interval that begins at or before the sequence; -1 when there is none.
    private int IndexAtOrBefore(long sequence)
    {
        int low = 0, high = intervals.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (intervals[middle].First <= sequence) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }
}
