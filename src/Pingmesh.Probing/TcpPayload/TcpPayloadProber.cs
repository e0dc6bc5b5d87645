using Pingmesh.Core;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Datagrams;
using Pingmesh.Probing.Libc;
using Pingmesh.Probing.Tcp;

namespace Pingmesh.Probing.TcpPayload;

/// <summary>
/// Probes by TCP connect and a payload that the peer's responder echoes (paper, section 4.1). Like <see cref="TcpProber"/>
/// it does not wake for answers: the kernel keeps the handshake's time and stamps the arrival of the last byte, so the RTT,
/// from the first byte sent to the last byte back, does not depend on when <see cref="Poll"/> looks. A payload of more than
/// the initial congestion window takes several round trips, so a small window or a broken path MTU shows. Used by one thread.
/// </summary>
/// <remarks>
/// Errors: <c>timeout</c> not connected in time; <c>answer-timeout</c> connected, but the echo did not come back whole in time;
/// <c>closed</c>, <c>reset</c> the peer ended the connection before; <c>bad-answer</c> other bytes came than were sent. SYN and data
/// segments that were retransmitted make a probe a dropped one, without RTT.
/// </remarks>
public sealed unsafe class TcpPayloadProber : IReactorProber
{
    /// <summary>Bytes of payload unless the shape says otherwise (paper, section 3.4.1: 800 to 1,200).</summary>
    public const int DefaultPayloadBytes = 1_000;

    // The whole echo waits in the kernel until it is looked at.
    private const int SocketBuffer = 512 * 1024;

    private readonly ProbeSocketPool sockets;
    private readonly int maxPending;
    private readonly TimeProvider time;
    private readonly FailedStarts failed = new();
    private readonly EchoReader reader = new();
    private PendingEcho[] pending = new PendingEcho[16];

    /// <summary>Makes a prober. Opens no socket yet.</summary>
    public TcpPayloadProber(ProberOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxPending);
        sockets = new ProbeSocketPool(options);
        maxPending = options.MaxPending;
        this.time = time;
        KernelStamps.Begin();
    }

    /// <inheritdoc/>
    public int Pending { get; private set; }

    /// <inheritdoc/>
    public long Abandoned { get; private set; }

    /// <summary>The clocks; another source for tests.</summary>
    internal Func<ClockPair> Clock { get; init; } = ClockPair.Now;

    /// <inheritdoc/>
    public void Start(int target, in ProbeTarget peer, in ProbeShape shape)
    {
        var started = time.UnixMicroseconds();
        if (Pending == maxPending)
        {
            failed.Add(target, started, 0, ProbeError.LocalResources);
            return;
        }

        var errno = sockets.Take(peer.IsIPv6, out var socket);
        if (errno != 0)
        {
            failed.Add(target, started, 0, Errno.ToProbeError(errno));
            return;
        }

        SetBuffers(socket.Descriptor);
        var begun = time.GetTimestamp();
        errno = socket.Connect(peer, shape);
        var port = socket.SourcePort();
        if (errno != 0)
        {
            failed.Add(target, started, port, Errno.ToProbeError(errno));
            sockets.Recycle(socket, peer.IsIPv6);
            return;
        }

        if (Pending == pending.Length) Array.Resize(ref pending, Math.Min(maxPending, pending.Length * 2));
        pending[Pending++] = new PendingEcho
        {
            Socket = socket,
            Target = target,
            IsIPv6 = peer.IsIPv6,
            SourcePort = port,
            StartedUnixMicroseconds = started,
            Begun = begun,
            Timeout = shape.TimeoutNanoseconds,
            Bytes = shape.PayloadBytes == 0 ? DefaultPayloadBytes : Math.Min(shape.PayloadBytes, HardLimits.MaxPayloadBytes),
        };
    }

    /// <inheritdoc/>
    public void Poll(IOutcomeSink sink)
    {
        failed.Report(sink);
        var kept = 0;
        for (var i = 0; i < Pending; i++)
        {
            ref var probe = ref pending[i];
            if (Advance(ref probe, sink))
            {
                sockets.Recycle(probe.Socket, probe.IsIPv6);
            }
            else
            {
                if (kept != i) pending[kept] = probe;
                kept++;
            }
        }

        Pending = kept;
    }

    /// <inheritdoc/>
    public void Drain(IOutcomeSink sink)
    {
        Poll(sink);
        Abandoned += Pending;
        CloseAll();
    }

    /// <summary>Closes all descriptors, each with a reset.</summary>
    public void Dispose() => CloseAll();

    private static void SetBuffers(int descriptor)
    {
        // Again for every connection, since disconnecting may shrink them; before it, since it decides the window scale.
        var bytes = SocketBuffer;
        _ = Native.SetOption(descriptor, Native.SolSocket, Native.SoReceiveBuffer, &bytes, sizeof(int));
        _ = Native.SetOption(descriptor, Native.SolSocket, Native.SoSendBuffer, &bytes, sizeof(int));
        KernelStamps.AskOn(descriptor);
    }

    /// <summary>Takes a probe one step on; true when it has ended.</summary>
    private bool Advance(ref PendingEcho probe, IOutcomeSink sink)
    {
        var info = probe.Socket.Info();
        if (!probe.Connected)
        {
            switch (info.State)
            {
                case TcpInfo.Established or TcpInfo.CloseWait:
                    probe.Connected = true;
                    if (info.TotalRetransmissions == 0) probe.ConnectNanoseconds = info.Rtt * 1000L;
                    probe.Sent = Clock();
                    break;
                case TcpInfo.SynSent or TcpInfo.SynReceived:
                    return IsOverdue(probe) && End(probe, sink, ProbeError.Timeout, info);
                default:
                    return End(probe, sink, ErrorOf(probe.Socket), info);
            }
        }

        var error = reader.Exchange(ref probe);
        if (error == ProbeError.None && probe.Received == probe.Bytes) return Finish(probe, sink);
        if (error != ProbeError.None) return End(probe, sink, error, info);
        return IsOverdue(probe) && End(probe, sink, ProbeError.AnswerTimeout, info);
    }

    private static ProbeError ErrorOf(in ProbeSocket socket) => socket.Error() is not 0 and var errno ? Errno.ToProbeError(errno) : ProbeError.Reset;

    private bool IsOverdue(in PendingEcho probe) => time.GetElapsedTime(probe.Begun).TotalNanoseconds >= probe.Timeout;

    private static bool End(in PendingEcho probe, IOutcomeSink sink, ProbeError error, in TcpInfo info)
    {
        sink.Completed(probe.Outcome(error, info, 0), new ProbeDetail { ConnectNanoseconds = probe.ConnectNanoseconds });
        return true;
    }

    private bool Finish(in PendingEcho probe, IOutcomeSink sink)
    {
        var now = Clock();
        if (now.SteppedSince(probe.Sent))
        {
            Abandoned++;
            return true;
        }

        // As it is now: the end of the echo may have needed retransmissions after the look before.
        var info = probe.Socket.Info();
        var arrived = probe.Stamp == 0 ? now.Unix : probe.Stamp;
        sink.Completed(
            probe.Outcome(ProbeError.None, info, info.TotalRetransmissions == 0 ? Math.Max(0, arrived - probe.Sent.Unix) : 0),
            new ProbeDetail { ConnectNanoseconds = probe.ConnectNanoseconds, UserClock = probe.Stamp == 0 });
        return true;
    }

    private void CloseAll()
    {
        for (var i = 0; i < Pending; i++) pending[i].Socket.Close();
        Pending = 0;
        sockets.Close();
    }
}
