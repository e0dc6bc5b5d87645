namespace Pingmesh.Core.OnDemand;

/// <summary>What an agent is asked to do now.</summary>
public enum TestKind
{
    /// <summary>Probes a target.</summary>
    Ping = 1,

    /// <summary>Finds the switches on the paths of flows.</summary>
    Trace = 2,
}
