using System.Text.Json.Serialization;

namespace Pingmesh.Lab.Faults;

/// <summary>A fault in a fabric: real in the lab, computed in the simulator.</summary>
/// <param name="Id">Its name, such as <c>f1</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="At">Where: see <see cref="FaultPlace"/>.</param>
/// <param name="Options">How much of it.</param>
/// <param name="Since">When it began.</param>
public sealed record Fault(string Id, [property: JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))] FaultKind Kind, string At, FaultOptions Options, DateTimeOffset Since)
{
    /// <summary>What it does, in one line.</summary>
    [JsonIgnore]
    public string Description => FaultCatalog.Of(Kind).Describe(At, Options);
}

/// <summary>The kinds of faults.</summary>
public enum FaultKind
{
    /// <summary>A share of all packets is lost, each by chance.</summary>
    RandomLoss = 1,

    /// <summary>All packets between certain addresses are lost (paper, 5.1: black hole of type 1).</summary>
    BlackholePairs,

    /// <summary>All packets of certain source ports, or of certain five-tuples, are lost (paper, 5.1: type 2).</summary>
    BlackholePorts,

    /// <summary>All packets to a prefix are lost.</summary>
    BlackholePrefix,

    /// <summary>Packets are held up.</summary>
    Latency,

    /// <summary>A link carries less.</summary>
    RateLimit,

    /// <summary>A link is down, and routing goes around it.</summary>
    LinkDown,

    /// <summary>A switch is down, and routing goes around it.</summary>
    SwitchDown,

    /// <summary>A pod, a podset or a spine layer has no power: its switches and hosts are gone.</summary>
    PowerLoss,

    /// <summary>A host answers late.</summary>
    SlowHost,

    /// <summary>A host is gone.</summary>
    HostDown,

    /// <summary>Packets above a size are lost.</summary>
    Mtu,

    /// <summary>A share of the packets of one QoS class is lost.</summary>
    QosLoss,

    /// <summary>A switch sends all up over one link, while the way back is spread over all.</summary>
    Asymmetry,
}

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

/// <summary>Source ports: a range, or those whose remainder by a power of two is a certain one.</summary>
/// <param name="First">First port of the range; the remainder when there is a modulus.</param>
/// <param name="Last">Last port of the range.</param>
/// <param name="Modulus">A power of two; 0 for a range.</param>
public sealed record PortPattern(int First, int Last, int Modulus)
{
    /// <summary>Whether it holds a port.</summary>
    public bool Holds(int port) => Modulus > 0 ? port % Modulus == First : port >= First && port <= Last;

    /// <summary>Reads <c>41000-41999</c>, <c>41000</c> or <c>mod 8 = 4</c>; null when it is neither.</summary>
    public static PortPattern? Parse(string text)
    {
        var parts = text.Replace(" ", "", StringComparison.Ordinal).Split('=', '-');
        if (parts[0].StartsWith("mod", StringComparison.Ordinal))
        {
            return parts.Length == 2 && int.TryParse(parts[0][3..], out var modulus) && int.TryParse(parts[1], out var remainder)
                && modulus is >= 2 and <= 32_768 && (modulus & (modulus - 1)) == 0 && remainder >= 0 && remainder < modulus
                ? new PortPattern(remainder, remainder, modulus)
                : null;
        }

        if (!ushort.TryParse(parts[0], out var first) || parts.Length > 2) return null;
        if (parts.Length == 1) return new PortPattern(first, first, 0);
        return ushort.TryParse(parts[1], out var last) && last >= first ? new PortPattern(first, last, 0) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Modulus > 0 ? $"mod {Modulus} = {First}" : First == Last ? $"{First}" : $"{First}-{Last}";
}
