using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.AgentCli.Ping;

/// <summary>Sees each probe as it ends.</summary>
internal interface IPingView
{
    /// <summary>A probe of a high-rate kind ended.</summary>
    void Ended(TargetTally tally, in ProbeOutcome outcome, in ProbeDetail detail);

    /// <summary>A probe on the platform's stack ended.</summary>
    void Ended(TargetTally tally, ProbeReport report);
}
