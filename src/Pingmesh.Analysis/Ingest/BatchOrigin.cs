using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Ingest;

/// <summary>Who sent a batch, as the batch says.</summary>
/// <param name="Host">The reporting host.</param>
/// <param name="Epoch">The run of its agent.</param>
/// <param name="Sequence">The batch's number within the run.</param>
/// <param name="AgentVersion">Version of the agent.</param>
/// <param name="LostBatches">Batches this run gave up, in all.</param>
/// <param name="LostProbes">Probes in those batches, and those that found no room to be remembered.</param>
/// <param name="NoisyAt">Start of the newest window, Unix seconds, in which the host marked itself as in trouble; null when the batch has none.</param>
/// <param name="Noise">The trouble of that window.</param>
public sealed record BatchOrigin(
    string Host, ulong Epoch, ulong Sequence, string AgentVersion, ulong LostBatches, ulong LostProbes, long? NoisyAt = null, HostNoise Noise = HostNoise.None);
