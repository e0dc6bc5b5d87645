using Pingmesh.Core.Probes;

namespace Pingmesh.Probing;

/// <summary>Takes the outcomes of probes. A structure, so that the call costs nothing.</summary>
public interface IOutcomeSink
{
    /// <summary>Takes one outcome. Called on the prober's thread.</summary>
    void Completed(in ProbeOutcome outcome);
}
