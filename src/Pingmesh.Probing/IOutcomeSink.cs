using Pingmesh.Core.Probes;

namespace Pingmesh.Probing;

/// <summary>Takes the outcomes of probes, on the prober's thread.</summary>
public interface IOutcomeSink
{
    /// <summary>Takes one outcome.</summary>
    /// <param name="outcome">What became of the probe.</param>
    /// <param name="detail">What else it told.</param>
    void Completed(in ProbeOutcome outcome, in ProbeDetail detail);

    /// <summary>Takes note of an answer that came again, after the probe's outcome was reported.</summary>
    /// <param name="target">The probe's target.</param>
    void Duplicated(int target)
    {
    }
}
