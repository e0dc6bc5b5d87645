using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Detection;

/// <summary>
/// Probes that are looked at together since what hurts one hurts all: handshakes and small packets, or payloads, of one QoS class.
/// </summary>
/// <param name="IsPayload">Whether payloads are sent.</param>
/// <param name="Dscp">The QoS class, 0 to 63.</param>
internal readonly record struct Plane(bool IsPayload, byte Dscp)
{
    /// <summary>The plane that everything else is compared with.</summary>
    public static readonly Plane Basic = new(false, 0);

    /// <summary>The plane of a series; null of kinds that ask more than the network.</summary>
    public static Plane? Of(SeriesKey series) => series.Kind switch
    {
        _ when series.Class > ProbeClass.InterDc => null,
        ProbeKind.Tcp or ProbeKind.Icmp or ProbeKind.Udp => new Plane(false, series.Dscp),
        ProbeKind.TcpPayload => new Plane(true, series.Dscp),
        _ => null,
    };

    /// <summary>What its probes are, in words.</summary>
    public override string ToString() => $"{(IsPayload ? "payloads" : "handshakes")}{(Dscp == 0 ? "" : $" of DSCP {Dscp}")}";
}
