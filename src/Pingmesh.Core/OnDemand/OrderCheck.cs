using System.Net;
using System.Net.Sockets;
using Pingmesh.Core.Probes;

namespace Pingmesh.Core.OnDemand;

/// <summary>Whether an order is one: asked by the server before it is placed, and again by the agent that is to do it.</summary>
public static class OrderCheck
{
    private const int MaxId = 100;

    /// <summary>What is wrong with an order, as a sentence that names the value and what is allowed; null when nothing is.</summary>
    public static string? ProblemOf(TestOrder order)
    {
        if (order.Id.Length is 0 or > MaxId || order.Id.Any(char.IsControl)) return $"an order's id has 1 to {MaxId} characters";
        if (!Enum.IsDefined(order.Test)) return "only pings and traces can be ordered";
        var protocols = order.Test == TestKind.Trace ? "tcp or udp" : "tcp, tcp-payload, icmp or udp";
        var known = order.Test == TestKind.Trace
            ? order.Protocol is ProbeKind.Tcp or ProbeKind.Udp
            : order.Protocol is ProbeKind.Tcp or ProbeKind.TcpPayload or ProbeKind.Icmp or ProbeKind.Udp;
        if (!known) return $"a {order.Test.Name()} by '{order.Protocol.Name()}' cannot be ordered; use {protocols}";
        if (!IsOneHost(order.Target)) return $"{order.Target} is the address of no single host";
        if (order.Source is { } source && source.AddressFamily != order.Target.AddressFamily) return $"source {source} and target {order.Target} are not of one family";
        if (order.Protocol == ProbeKind.Icmp ? order.Port != 0 : order.Port is < 1 or > ushort.MaxValue) return $"port {order.Port}: it goes from 1 to 65535, and is 0 for icmp";
        if (order.SourcePorts.Count is 0 or > TestOrder.MaxSourcePorts) return $"{order.SourcePorts.Count} source ports: there are 1 to {TestOrder.MaxSourcePorts}";
        if (order.SourcePorts.Any(port => port is < 0 or > ushort.MaxValue)) return "a source port goes from 1 to 65535, or is 0 for one of the kernel's choice";
        if (order.SourcePorts.Where(port => port != 0).GroupBy(port => port).Any(same => same.Count() > 1)) return "a source port is there twice; 'count' sends it more than once";
        var mostCount = order.Test == TestKind.Trace ? OnDemandLimits.TraceTries : TestOrder.MaxCount;
        if (order.Count < 1 || order.Count > mostCount) return $"count {order.Count}: it goes from 1 to {mostCount}";
        if (order.Dscp > 63) return $"DSCP {order.Dscp}: it goes from 0 to 63";
        if (order.PayloadBytes is < 0 or > HardLimits.MaxPayloadBytes) return $"payload of {order.PayloadBytes} bytes: it goes from 0 to {HardLimits.MaxPayloadBytes}";
        if (order.Timeout <= TimeSpan.Zero || order.Timeout > OnDemandLimits.MaxTimeout) return $"time-out of {order.Timeout.TotalSeconds} s: it is above 0 and at most {OnDemandLimits.MaxTimeout.TotalSeconds} s";
        var packets = OnDemandLimits.PacketsOf(order);
        return packets > OnDemandLimits.PacketsPerMinute
            ? $"it may take {packets} packets, and an agent sends at most {OnDemandLimits.PacketsPerMinute} a minute for tests; ask for fewer flows, a smaller count or less payload"
            : null;
    }

    // Multicast, broadcast and "this network" (RFC 6890) would make one packet many.
    private static bool IsOneHost(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6) return !address.IsIPv6Multicast && !address.Equals(IPAddress.IPv6Any);
        return address.MapToIPv4().GetAddressBytes()[0] is > 0 and < 224;
    }
}
