namespace Pingmesh.Analysis.Detection;

/// <summary>What trouble of probes is looked for.</summary>
internal enum Signal
{
    /// <summary>Probes that lost packets: drops, and failures without an answer.</summary>
    Loss,

    /// <summary>Probes that were answered late.</summary>
    Slow,
}
