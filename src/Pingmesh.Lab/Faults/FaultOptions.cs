namespace Pingmesh.Lab.Faults;

/// <summary>How much of a fault. A kind takes some of them; see <see cref="FaultCatalog"/>.</summary>
public sealed record FaultOptions
{
    /// <summary>Share of packets, percent, above 0 to 100.</summary>
    public double? Percent { get; init; }

    /// <summary>QoS class, 0 to 63.</summary>
    public int? Dscp { get; init; }

    /// <summary>Host that the packets come from.</summary>
    public string? From { get; init; }

    /// <summary>Host that they go to.</summary>
    public string? To { get; init; }

    /// <summary>Source ports.</summary>
    public PortPattern? SourcePorts { get; init; }

    /// <summary>Destinations.</summary>
    public string? Prefix { get; init; }

    /// <summary>Delay of each packet.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>By how much the delay varies, up and down.</summary>
    public TimeSpan? Jitter { get; init; }

    /// <summary>Bits a second.</summary>
    public long? Rate { get; init; }

    /// <summary>Largest packet that still passes, bytes with IP header.</summary>
    public int? Above { get; init; }

    /// <summary>The neighbour that all is sent over.</summary>
    public string? Via { get; init; }
}
