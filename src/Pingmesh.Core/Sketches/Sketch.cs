namespace Pingmesh.Core.Sketches;

/// <summary>
/// A mergeable histogram of durations: sparse buckets of <see cref="SketchScale"/>. Merging adds counts, so any
/// percentile of any union of measurements comes out the same however they were grouped. Not thread-safe.
/// </summary>
public sealed class Sketch
{
    // Up to this many buckets are found one by one, which is faster than to run through all.
    private const int FewBuckets = 2;

    private short[] indexes;
    private long[] populations;

    /// <summary>An empty sketch.</summary>
    public Sketch()
    {
        indexes = [];
        populations = [];
    }

    /// <summary>An empty sketch with room for <paramref name="buckets"/>.</summary>
    public Sketch(int buckets)
    {
        indexes = new short[buckets];
        populations = new long[buckets];
    }

    /// <summary>How many values were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Buckets in use.</summary>
    public int BucketCount { get; private set; }

    /// <summary>Indexes of the buckets in use, ascending; see <see cref="SketchScale"/>.</summary>
    public ReadOnlySpan<short> Indexes => indexes.AsSpan(0, BucketCount);

    /// <summary>How many values each bucket in use holds, each at least 1, in the order of <see cref="Indexes"/>.</summary>
    public ReadOnlySpan<long> Populations => populations.AsSpan(0, BucketCount);

    /// <summary>Records one duration in nanoseconds (1 ns to 4096 s; others count as the nearest of these).</summary>
    public void Record(long nanoseconds) => Add(SketchScale.IndexOf(nanoseconds), 1);

    /// <summary>Adds <paramref name="population"/> values to a bucket.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the scale or the population is not positive.</exception>
    public void Add(int index, long population)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(population);
        ArgumentOutOfRangeException.ThrowIfLessThan(index, SketchScale.MinIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, SketchScale.MaxIndex);

        // Checked: a count near 2^63 in hostile input must fail, not turn negative.
        var count = checked(Count + population);

        // Sketches are mostly read in order.
        var at = BucketCount == 0 || indexes[BucketCount - 1] < index ? ~BucketCount : Indexes.BinarySearch((short)index);
        if (at < 0)
        {
            at = ~at;
            Insert(at, (short)index);
        }

        populations[at] += population;
        Count = count;
    }

    /// <summary>Adds all of <paramref name="other"/> to this sketch.</summary>
    public void Merge(Sketch other)
    {
        if (other.Count == 0) return;
        if (other.BucketCount <= FewBuckets && Count > 0)
        {
            for (var i = 0; i < other.BucketCount; i++) Add(other.indexes[i], other.populations[i]);
            return;
        }

        var count = checked(Count + other.Count);
        if (Count == 0)
        {
            indexes = other.Indexes.ToArray();
            populations = other.Populations.ToArray();
            BucketCount = other.BucketCount;
        }
        else
        {
            Merge(other.Indexes, other.Populations);
        }

        Count = count;
    }

    /// <summary>How many values lie in buckets above the one of <paramref name="nanoseconds"/>.</summary>
    public long CountAbove(long nanoseconds)
    {
        var index = SketchScale.IndexOf(nanoseconds);
        long above = 0;
        for (var i = BucketCount - 1; i >= 0 && indexes[i] > index; i--) above += populations[i];
        return above;
    }

    /// <summary>
    /// The value, in nanoseconds, that a share <paramref name="quantile"/> (0 to 1) of the recorded values does not
    /// exceed, by nearest rank; within <see cref="SketchScale.RelativeError"/> of the exact one. Null when empty.
    /// </summary>
    public double? Quantile(double quantile)
    {
        if (Count == 0) return null;
        var rank = Math.Clamp((long)Math.Ceiling(quantile * Count), 1, Count);
        long seen = 0;
        for (var i = 0; i < BucketCount; i++)
        {
            seen += populations[i];
            if (seen >= rank) return SketchScale.MidpointNanoseconds(indexes[i]);
        }

        return SketchScale.MidpointNanoseconds(indexes[BucketCount - 1]);
    }

    // From the last bucket to the first, so that both run through once and no bucket is moved twice.
    private void Merge(ReadOnlySpan<short> otherIndexes, ReadOnlySpan<long> otherPopulations)
    {
        var union = BucketCount + MissingOf(otherIndexes);
        var mine = BucketCount - 1;
        if (union > indexes.Length)
        {
            Array.Resize(ref indexes, union);
            Array.Resize(ref populations, union);
        }

        var its = otherIndexes.Length - 1;
        for (var to = union - 1; its >= 0; to--)
        {
            if (mine >= 0 && indexes[mine] > otherIndexes[its])
            {
                (indexes[to], populations[to]) = (indexes[mine], populations[mine]);
                mine--;
                continue;
            }

            var isShared = mine >= 0 && indexes[mine] == otherIndexes[its];
            populations[to] = otherPopulations[its] + (isShared ? populations[mine] : 0);
            indexes[to] = otherIndexes[its];
            its--;
            if (isShared) mine--;
        }

        BucketCount = union;
    }

    private int MissingOf(ReadOnlySpan<short> otherIndexes)
    {
        var missing = 0;
        var mine = 0;
        foreach (var index in otherIndexes)
        {
            while (mine < BucketCount && indexes[mine] < index) mine++;
            if (mine == BucketCount || indexes[mine] != index) missing++;
        }

        return missing;
    }

    private void Insert(int at, short index)
    {
        if (BucketCount == indexes.Length)
        {
            var size = Math.Max(2, BucketCount * 2);
            Array.Resize(ref indexes, size);
            Array.Resize(ref populations, size);
        }

        Array.Copy(indexes, at, indexes, at + 1, BucketCount - at);
        Array.Copy(populations, at, populations, at + 1, BucketCount - at);
        indexes[at] = index;
        populations[at] = 0;
        BucketCount++;
    }
}
