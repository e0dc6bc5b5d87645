namespace Pingmesh.Core.OnDemand;

/// <summary>
/// Limits of on-demand tests. Constants, as <see cref="HardLimits"/> are: whoever orders, an agent does no more. Packets are counted in
/// units of <see cref="BytesPerPacket"/>, so that a large payload costs what it puts on the wire.
/// </summary>
public static class OnDemandLimits
{
    /// <summary>Packets a second of a ping; there is one order at a time, so that no target gets more from one agent.</summary>
    public const int PingPacketsPerSecond = 50;

    /// <summary>Packets a second of a trace, each of which ends at another hop.</summary>
    public const int TracePacketsPerSecond = 200;

    /// <summary>Most packets that one agent sends for tests within a minute.</summary>
    public const int PacketsPerMinute = 2_000;

    /// <summary>Bytes that count as one packet.</summary>
    public const int BytesPerPacket = 1_400;

    /// <summary>Hops that a trace looks at.</summary>
    public const int TraceHops = 16;

    /// <summary>Most tries of a hop.</summary>
    public const int TraceTries = 10;

    /// <summary>Most orders that wait for one host.</summary>
    public const int OrdersPerHost = 64;

    /// <summary>Most bytes of a report.</summary>
    public const int MaxReportBytes = 1 << 20;

    /// <summary>Longest wait for the answer to a probe.</summary>
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long an order waits for its agent; then it is no order any more.</summary>
    public static readonly TimeSpan OrderLifetime = TimeSpan.FromSeconds(60);

    /// <summary>Packets of one probe of a ping.</summary>
    /// <param name="payloadBytes">Its payload, bytes.</param>
    public static int PacketsOf(int payloadBytes) => 1 + (payloadBytes / BytesPerPacket);

    /// <summary>Packets that an order may cost at most.</summary>
    public static int PacketsOf(TestOrder order) => order.Test == TestKind.Trace
        ? order.SourcePorts.Count * order.Count * TraceHops
        : order.SourcePorts.Count * order.Count * PacketsOf(order.PayloadBytes);
}
