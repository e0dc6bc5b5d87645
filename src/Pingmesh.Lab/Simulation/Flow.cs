namespace Pingmesh.Lab.Simulation;

/// <summary>The five-tuple of a probe, as a packet of one direction bears it, and what else of it faults look at.</summary>
/// <param name="Source">Number of the sending host.</param>
/// <param name="Destination">Number of the receiving host.</param>
/// <param name="SourcePort">Port it comes from.</param>
/// <param name="DestinationPort">Port it goes to.</param>
/// <param name="Dscp">Its QoS.</param>
/// <param name="Bytes">Its size with IP header.</param>
internal readonly record struct Flow(int Source, int Destination, ushort SourcePort, ushort DestinationPort, byte Dscp, int Bytes)
{
    /// <summary>The packets of the way back.</summary>
    public Flow Reversed(byte dscp) => new(Destination, Source, DestinationPort, SourcePort, dscp, Bytes);

    /// <summary>A hash of the addresses, for faults of address pairs.</summary>
    public ulong HashOfPair(ulong seed) => SimulationRandom.Mix(seed ^ SimulationRandom.Mix(((ulong)(uint)Source << 32) | (uint)Destination));

    /// <summary>A hash of the five-tuple, as switches spread flows by.</summary>
    public ulong Hash(ulong seed) => SimulationRandom.Mix(HashOfPair(seed) ^ SimulationRandom.Mix(((ulong)SourcePort << 16) | DestinationPort));
}
