using Pingmesh.Core;

namespace Pingmesh.Analysis.Queries;

/// <summary>A span of time.</summary>
/// <param name="From">Begin, Unix seconds.</param>
/// <param name="To">End, Unix seconds, not part of it; after <paramref name="From"/>.</param>
public readonly record struct TimeRange(long From, long To)
{
    /// <summary>Length in seconds.</summary>
    public long Seconds => To - From;

    /// <summary>The shortest range of whole windows of <paramref name="lengthSeconds"/> that holds this one.</summary>
    public TimeRange Widen(int lengthSeconds)
    {
        var last = Windows.StartOf(To - 1, lengthSeconds);
        return new TimeRange(Windows.StartOf(From, lengthSeconds), last + lengthSeconds);
    }

    /// <summary>Throws unless the range has a length.</summary>
    /// <exception cref="ArgumentException">The end is not after the begin.</exception>
    internal void Check()
    {
        if (To <= From) throw new ArgumentException($"the range ends ({To}) no later than it begins ({From})");
    }
}
