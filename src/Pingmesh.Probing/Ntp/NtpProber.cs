using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Libc;
using Pingmesh.Probing.Streams;

namespace Pingmesh.Probing.Ntp;

/// <summary>
/// Probes a time server by one client request (RFC 5905; version 4, mode 3). Phase: <c>query</c>. RTT: the round-trip delay, without the
/// time the server took.
/// </summary>
/// <remarks>
/// Errors: <c>timeout</c>, <c>refused</c>, <c>bad-answer</c>; <c>bad-status</c> for a kiss-o'-death and for a server without time itself.
/// Facts: <c>offset_seconds</c> (the server's clock less this host's), <c>delay_seconds</c>, <c>stratum</c>, <c>reference</c>.
/// </remarks>
public sealed class NtpProber : IPlatformProber
{
    private const int PacketBytes = 48;
    private const byte VersionFourClient = 0x23;
    private const int ServerMode = 4;
    private const int MaxStratum = 15;

    // Seconds from 1900 to 1970.
    private const long EpochSeconds = 2_208_988_800;

    /// <inheritdoc/>
    public ProbeKind Kind => ProbeKind.Ntp;

    /// <inheritdoc/>
    public Task<ProbeReport> ProbeAsync(PlatformTarget target, CancellationToken cancel) =>
        PlatformProbe.RunAsync(target, (probe, limit) => AskAsync(probe, target, limit), cancel);

    private static async Task AskAsync(PlatformProbe probe, PlatformTarget target, CancellationToken cancel)
    {
        using var socket = await ProbeSockets.ConnectAsync(SocketRequest.Of(target, SocketType.Dgram), cancel).ConfigureAwait(false);
        probe.SourcePort = ProbeSockets.PortOf(socket);
        var request = new byte[PacketBytes];
        request[0] = VersionFourClient;

        // The transmit time is a number of chance: the server only echoes it, and nobody can forge an answer blindly (RFC 9109's reason).
        Entropy.Fill(request.AsSpan(40));
        var sentAt = DateTime.UtcNow;
        var begun = Stopwatch.GetTimestamp();
        await socket.SendAsync(request, cancel).ConfigureAwait(false);
        var answer = new byte[1_024];
        while (true)
        {
            var length = await socket.ReceiveAsync(answer, cancel).ConfigureAwait(false);
            var elapsed = Stopwatch.GetElapsedTime(begun);

            // Not the answer to this request: passed over.
            if (length < PacketBytes || !answer.AsSpan(24, 8).SequenceEqual(request.AsSpan(40))) continue;
            probe.EndPhase("query");
            Judge(probe, answer.AsSpan(0, PacketBytes), sentAt, elapsed);
            return;
        }
    }

    private static void Judge(PlatformProbe probe, ReadOnlySpan<byte> answer, DateTime sentAt, TimeSpan elapsed)
    {
        if ((answer[0] & 7) != ServerMode) throw new ProbeException(ProbeError.BadAnswer, $"the answer's mode is {answer[0] & 7}, not {ServerMode}");
        var stratum = answer[1];
        probe.Fact("stratum", stratum);
        if (stratum == 0) throw new ProbeException(ProbeError.BadStatus, $"kiss-o'-death {Encoding.ASCII.GetString(answer[12..16]).TrimEnd('\0')}: the server wants fewer requests, or none");
        if (stratum > MaxStratum || answer[0] >> 6 == 3) throw new ProbeException(ProbeError.BadStatus, "the server has no time itself: its clock is not synchronised");
        var received = TimeOf(answer[32..], sentAt);
        var transmitted = TimeOf(answer[40..], sentAt);
        var there = transmitted - received;
        if (there < TimeSpan.Zero || there > elapsed + TimeSpan.FromSeconds(1)) throw new ProbeException(ProbeError.BadAnswer, "the answer's times contradict each other");

        // RFC 5905, section 8, with the arrival taken from the clock that does not step.
        var arrivedAt = sentAt + elapsed;
        var offset = ((received - sentAt) + (transmitted - arrivedAt)) / 2;
        var delay = elapsed > there ? elapsed - there : TimeSpan.Zero;
        probe.RttNanoseconds = (long)delay.TotalNanoseconds;
        probe.Fact("offset_seconds", offset.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture));
        probe.Fact("delay_seconds", delay.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture));
        probe.Fact("reference", stratum == 1 ? Encoding.ASCII.GetString(answer[12..16]).TrimEnd('\0') : new IPAddress(answer[12..16]).ToString());
    }

    /// <summary>A 64-bit time stamp; of the eras, which are 136 years long, the one nearest to now (RFC 5905, 6).</summary>
    private static DateTime TimeOf(ReadOnlySpan<byte> stamp, DateTime near)
    {
        var seconds = BinaryPrimitives.ReadUInt32BigEndian(stamp) - EpochSeconds;
        var fraction = BinaryPrimitives.ReadUInt32BigEndian(stamp[4..]) / 4294967296.0;
        var nearSeconds = (near - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        seconds += (long)Math.Round((nearSeconds - seconds) / 4294967296.0) << 32;
        return DateTime.UnixEpoch.AddTicks((seconds * TimeSpan.TicksPerSecond) + (long)(fraction * TimeSpan.TicksPerSecond));
    }
}
