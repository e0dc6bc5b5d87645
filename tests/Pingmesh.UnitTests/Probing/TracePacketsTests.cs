using System.Buffers.Binary;
using System.Net;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Trace;

namespace Pingmesh.UnitTests.Probing;

public sealed class TracePacketsTests
{
    private static readonly IPAddress Source = IPAddress.Parse("10.0.0.2");
    private static readonly IPAddress Target = IPAddress.Parse("10.0.9.2");

    [Theory]
    [InlineData(ProbeKind.Tcp)]
    [InlineData(ProbeKind.Udp)]
    public void Error_that_quotes_no_more_than_eight_bytes_tells_flow_and_packet(ProbeKind protocol)
    {
        var packets = Packets(protocol);
        for (var number = 0; number < 640; number += 13)
        {
            Assert.True(packets.TryReadError(Quoting(packets, protocol, 40_000, number, quoted: 8), out var answer));
            Assert.Equal((40_000, number, ProbeError.TtlExceeded), (answer.SourcePort, answer.Number, answer.Error));
        }
    }

    [Fact]
    public void Answers_to_another_trace_to_another_target_or_port_are_not_taken()
    {
        var packets = Packets(ProbeKind.Tcp);
        var error = Quoting(packets, ProbeKind.Tcp, 40_000, 5, quoted: 8);
        Assert.False(new TracePackets(Source, Target, 58100, ProbeKind.Tcp, 99).TryReadError(error, out _));
        Assert.False(new TracePackets(Source, Target, 58101, ProbeKind.Tcp, 0xFFFF_FF00).TryReadError(error, out _));
        Assert.False(new TracePackets(Source, IPAddress.Parse("10.0.9.3"), 58100, ProbeKind.Tcp, 0xFFFF_FF00).TryReadError(error, out _));
        Assert.False(new TracePackets(Source, Target, 58100, ProbeKind.Udp, 0xFFFF_FF00).TryReadError(error, out _));
        Assert.True(packets.TryReadError(error, out _));
    }

    [Fact]
    public void Nothing_that_a_network_sends_breaks_the_readers()
    {
        var random = new Random(1);
        var packets = Packets(ProbeKind.Tcp);
        var six = new TracePackets(IPAddress.Parse("fd00::1"), IPAddress.Parse("fd00::2"), 58100, ProbeKind.Udp, 7);
        var good = Quoting(packets, ProbeKind.Tcp, 40_000, 5, quoted: 8);
        for (var i = 0; i < 20_000; i++)
        {
            byte[] packet = i % 2 == 0 ? [.. good] : new byte[random.Next(120)];
            if (i % 2 == 0) for (var flips = 0; flips < 3; flips++) packet[random.Next(packet.Length)] = (byte)random.Next(256);
            else random.NextBytes(packet);
            if (i % 4 == 0) packet = packet[..random.Next(packet.Length)];
            foreach (var reader in new[] { packets, six })
            {
                if (reader.TryReadError(packet, out var answer) || reader.TryReadSegment(packet, out answer) || reader.TryReadEcho(packet, 1, out answer))
                    Assert.InRange(answer.Number, 0, ushort.MaxValue);
            }
        }
    }

    private static TracePackets Packets(ProbeKind protocol) => new(Source, Target, 58100, protocol, 0xFFFF_FF00);

    /// <summary>A time-exceeded message as a raw IPv4 socket gives it.</summary>
    private static byte[] Quoting(TracePackets packets, ProbeKind protocol, int sourcePort, int number, int quoted)
    {
        var packet = new byte[20 + 8 + 20 + quoted];
        packet[0] = 0x45;
        packet[9] = 1;
        packet[20] = 11;
        var inner = packet.AsSpan(28);
        inner[0] = 0x45;
        inner[9] = (byte)(protocol == ProbeKind.Tcp ? 6 : 17);
        Source.TryWriteBytes(inner[12..], out _);
        Target.TryWriteBytes(inner[16..], out _);
        var written = new byte[TracePackets.MaxBytes];
        var length = packets.Write(written, sourcePort, number);
        if (protocol == ProbeKind.Tcp)
        {
            written.AsSpan(0, quoted).CopyTo(inner[20..]);
            return packet;
        }

        // Of datagrams the kernel writes the header.
        BinaryPrimitives.WriteUInt16BigEndian(inner[20..], (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(inner[22..], 58100);
        BinaryPrimitives.WriteUInt16BigEndian(inner[24..], (ushort)(length + 8));
        return packet;
    }
}
