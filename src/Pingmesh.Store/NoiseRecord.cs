using Pingmesh.Core.Probes;

namespace Pingmesh.Store;

/// <summary>
/// Trouble of a probing host itself in one window of 10 s. Records of the same host and window add up: their sorts
/// are united, of the stalls the longest counts.
/// </summary>
/// <param name="Start">Start of the window, Unix seconds.</param>
/// <param name="Host">Name id of the host.</param>
/// <param name="Noise">What was wrong.</param>
/// <param name="WorstStallMicroseconds">How late the agent's latest tick came.</param>
public readonly record struct NoiseRecord(long Start, int Host, HostNoise Noise, long WorstStallMicroseconds)
{
    /// <summary>This record and another of the same host and window as one.</summary>
    public NoiseRecord With(NoiseRecord other) =>
        this with { Noise = Noise | other.Noise, WorstStallMicroseconds = Math.Max(WorstStallMicroseconds, other.WorstStallMicroseconds) };
}

/// <summary>Which noise records to read.</summary>
/// <param name="From">Start of the first window, Unix seconds.</param>
/// <param name="To">End of the range, Unix seconds: windows that start at it or later are left out.</param>
/// <param name="Host">Name id of the host.</param>
public sealed record NoiseQuery(long From, long To, int Host)
{
    /// <summary>Whether <paramref name="record"/> is asked for.</summary>
    public bool Matches(NoiseRecord record) => record.Host == Host && record.Start >= From && record.Start < To;
}
