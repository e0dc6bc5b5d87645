using Pingmesh.Core.Probes;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Tcp;

/// <summary>
/// Probes by TCP connect without waking for answers: the kernel keeps the time of the handshake and counts SYN
/// retransmissions, and <see cref="Poll"/> reads both at leisure. Three or four system calls a probe, a pool of
/// descriptors that is used over and over, no allocation on the steady path. Used by one thread.
/// </summary>
public sealed class TcpProber : IReactorProber
{
    // A retransmitted SYN carries a fresh timestamp. When the SYN was lost, the SYN-ACK echoes the retransmission's, so
    // the kernel's RTT is that of the last attempt; when the SYN-ACK was lost, the peer echoes the first SYN's, so the
    // RTT spans the wait before the retransmission, which is a second or more.
    private const uint ReturnLossMicroseconds = 900_000;

    private readonly ProbeSocketPool sockets;
    private readonly int maxPending;
    private readonly TimeProvider time;
    private readonly FailedStarts failed = new();
    private PendingProbe[] pending = new PendingProbe[64];

    /// <summary>Makes a prober. Opens no socket yet.</summary>
    public TcpProber(ProberOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxPending);
        sockets = new ProbeSocketPool(options);
        maxPending = options.MaxPending;
        this.time = time;
    }

    /// <inheritdoc/>
    public int Pending { get; private set; }

    /// <inheritdoc/>
    public long Abandoned { get; private set; }

    /// <summary>
    /// Starts a probe from a new source port. Never throws for what the network or this host does: every probe comes
    /// out of a later <see cref="Poll"/> as exactly one outcome.
    /// </summary>
    /// <param name="target">The caller's number for it, which the outcome bears.</param>
    /// <param name="peer">What to connect to.</param>
    /// <param name="shape">How to probe it.</param>
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
        pending[Pending++] = new PendingProbe
        {
            Socket = socket,
            Target = target,
            IsIPv6 = peer.IsIPv6,
            SourcePort = port,
            StartedUnixMicroseconds = started,
            Begun = begun,
            Timeout = shape.TimeoutNanoseconds,
        };
    }

    /// <summary>Reports every probe that has ended since the last call, and every one whose time is up.</summary>
    public void Poll(IOutcomeSink sink)
    {
        failed.Report(sink);
        var kept = 0;
        for (var i = 0; i < Pending; i++)
        {
            ref var probe = ref pending[i];
            if (TryFinish(ref probe, out var outcome))
            {
                sink.Completed(outcome, default);
                sockets.Recycle(probe.Socket, probe.IsIPv6);
            }
            else
            {
                // Keeps the order of starting.
                if (kept != i) pending[kept] = probe;
                kept++;
            }
        }

        Pending = kept;
    }

    /// <summary>
    /// Reports what has ended and gives up the rest. A probe that was not answered yet but still had time is no failure:
    /// it is counted in <see cref="Abandoned"/> and not reported.
    /// </summary>
    public void Drain(IOutcomeSink sink)
    {
        Poll(sink);
        Abandoned += Pending;
        CloseAll();
    }

    /// <summary>Closes all descriptors, each with a reset.</summary>
    public void Dispose() => CloseAll();

    private static LossDirection DirectionOf(in TcpInfo info)
    {
        // Without timestamps the kernel takes no RTT from a retransmitted SYN (Karn), and nothing shows.
        if ((info.Options & TcpInfo.TimestampsOption) == 0 || info.Rtt == 0) return LossDirection.Unknown;
        return info.Rtt >= ReturnLossMicroseconds ? LossDirection.Return : LossDirection.Forward;
    }

    private bool TryFinish(ref PendingProbe probe, out ProbeOutcome outcome)
    {
        var info = probe.Socket.Info();
        var retransmissions = (byte)Math.Min(info.TotalRetransmissions, byte.MaxValue);
        outcome = default;
        switch (info.State)
        {
            case TcpInfo.Established or TcpInfo.CloseWait:
                outcome = probe.Outcome(ProbeError.None, retransmissions) with
                {
                    RttNanoseconds = retransmissions == 0 ? info.Rtt * 1000L : 0,
                    LossDirection = retransmissions == 0 ? LossDirection.Unknown : DirectionOf(info),
                };
                return true;
            case TcpInfo.SynSent or TcpInfo.SynReceived:
                if (time.GetElapsedTime(probe.Begun).TotalNanoseconds < probe.Timeout) return false;
                outcome = probe.Outcome(ProbeError.Timeout, retransmissions);
                return true;
            default:
                // Closed. The handshake's end and a reset may both have come since the last look: then there is no
                // error to read but the connection had been there.
                var errno = probe.Socket.Error();
                outcome = probe.Outcome(errno == 0 ? ProbeError.Reset : Errno.ToProbeError(errno), retransmissions);
                return true;
        }
    }

    private void CloseAll()
    {
        for (var i = 0; i < Pending; i++) pending[i].Socket.Close();
        Pending = 0;
        sockets.Close();
    }

    private struct PendingProbe
    {
        public ProbeSocket Socket;
        public int Target;
        public bool IsIPv6;
        public ushort SourcePort;
        public long StartedUnixMicroseconds;
        public long Begun;
        public long Timeout;

        public readonly ProbeOutcome Outcome(ProbeError error, byte retransmissions) => new()
        {
            Target = Target,
            StartedUnixMicroseconds = StartedUnixMicroseconds,
            SourcePort = SourcePort,
            Error = error,
            Retransmissions = retransmissions,
        };
    }
}
