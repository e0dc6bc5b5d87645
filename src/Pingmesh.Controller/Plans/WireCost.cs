using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Probes;

namespace Pingmesh.Controller.Plans;

/// <summary>
/// What a probe puts on the wire: Ethernet frames with their check sequence, without preamble and gap, over IPv4 (IPv6 adds 20
/// bytes a packet). Of the kinds that speak a protocol of their own it is a usual exchange.
/// </summary>
/// <param name="Sent">Bytes the prober sends.</param>
/// <param name="Received">Bytes it gets back.</param>
internal readonly record struct WireCost(int Sent, int Received)
{
    // Ethernet header and check sequence, IPv4 header.
    private const int Packet = 18 + 20;
    private const int Tcp = Packet + 32;
    private const int Syn = Packet + 40;
    private const int SegmentBytes = 1_448;

    /// <summary>The cost of a probe of a graph.</summary>
    public static WireCost Of(MeshGraph graph) => graph.Kind switch
    {
        // SYN, ACK, RST; SYN-ACK.
        ProbeKind.Tcp => new WireCost(Syn + Tcp + Packet + 20, Syn),
        ProbeKind.TcpPayload => Payload(Math.Max(1, graph.PayloadBytes)),
        ProbeKind.Icmp => Echo(graph.PayloadBytes == 0 ? 56 : graph.PayloadBytes),
        ProbeKind.Udp => Echo(graph.PayloadBytes == 0 ? 64 : graph.PayloadBytes),
        ProbeKind.Http => graph.Http?.Https == true ? new WireCost(2_000, 6_000) : new WireCost(600, 900),
        ProbeKind.Tls => new WireCost(1_500, 5_000),
        ProbeKind.Dns => new WireCost(Packet + 50, Packet + 150),
        ProbeKind.Grpc => new WireCost(900, 800),
        ProbeKind.Ntp => new WireCost(Packet + 56, Packet + 56),
        _ => default,
    };

    private static WireCost Echo(int payload)
    {
        var bytes = Packet + 8 + payload;
        return new WireCost(bytes, bytes);
    }

    private static WireCost Payload(int bytes)
    {
        var segments = (bytes + SegmentBytes - 1) / SegmentBytes;
        var data = bytes + (segments * Tcp);
        // Every second segment is acknowledged, and the echo acknowledges the last.
        return new WireCost(Syn + Tcp + Packet + 20 + data + (segments / 2 * Tcp), Syn + data + (segments / 2 * Tcp));
    }
}
