namespace Pingmesh.Analysis.Naming;

/// <summary>One end of a probe.</summary>
/// <param name="Host">Name id of the host, or of the address where it is no known host's.</param>
/// <param name="Pod">Name id of its pod; 0 when it is in no topology.</param>
internal readonly record struct ProbeEnd(int Host, int Pod)
{
    /// <summary>Whether it is a host of the topology.</summary>
    public bool IsInTopology => Pod != 0;
}
