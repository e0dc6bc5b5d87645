using Pingmesh.Core.Probes;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Datagrams;

/// <summary>
/// What the probers of datagrams share: sending many by one system call, reading answers and errors at leisure, and the
/// kernel's stamps, so that a time does not depend on when <see cref="Poll"/> looks. The departure is stamped by the kernel
/// where it lets a sender number its packets (Linux 6.13), else read right before sending; the arrival always by the kernel,
/// where it can. A clock that steps while a probe is under way leaves it without outcome, counted in <see cref="Abandoned"/>,
/// rather than with a wrong RTT. Used by one thread.
/// </summary>
public abstract class DatagramProber : IReactorProber
{
    private const int Batch = 64;

    // Room for what an error quotes of a packet.
    private const int QuotedBytes = 1_024;

    private readonly int maxPending;
    private readonly TimeProvider time;
    private readonly FailedStarts failed = new();
    private readonly PendingTable table = new();
    private readonly List<DatagramSocket> sockets = [];
    private readonly Stack<DatagramSocket> spare = new();
    private readonly MessageBatch sending;
    private readonly MessageBatch receiving;
    private readonly MessageBatch receivingErrors = new(Batch, QuotedBytes);
    private readonly EarlyOutcomes early = new();
    private readonly int[] queuedSlots = new int[Batch];
    private DatagramSocket? queuedOn;
    private int queued;
    private ClockPair polled;

    private protected DatagramProber(ProberOptions options, TimeProvider time, int maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxPending);
        Options = options;
        maxPending = options.MaxPending;
        this.time = time;
        sending = new MessageBatch(Batch, maxBytes);
        receiving = new MessageBatch(Batch, maxBytes);
        KernelStamps.Begin();
    }

    /// <inheritdoc/>
    public int Pending => table.Count;

    /// <inheritdoc/>
    public long Abandoned { get; private set; }

    /// <summary>The clocks; another source for tests.</summary>
    internal Func<ClockPair> Clock { get; init; } = ClockPair.Now;

    /// <summary>Whether the kernel is asked to stamp departures.</summary>
    internal bool StampDepartures { get; init; } = true;

    private protected ProberOptions Options { get; }

    /// <summary>Whether each round of starts gets new sockets, and so new source ports.</summary>
    private protected abstract bool NewSocketEachRound { get; }

    /// <summary>Whether the protocol has ports.</summary>
    private protected abstract bool HasPorts { get; }

    /// <inheritdoc/>
    public void Start(int target, in ProbeTarget peer, in ProbeShape shape)
    {
        var started = time.UnixMicroseconds();
        if (table.Count == maxPending)
        {
            failed.Add(target, started, 0, ProbeError.LocalResources);
            return;
        }

        var socket = SocketFor(peer.IsIPv6, shape, out var errno);
        if (socket is null)
        {
            failed.Add(target, started, 0, Errno.ToProbeError(errno));
            return;
        }

        if (queued > 0 && (queuedOn != socket || queued == Batch)) SendAndRead();
        queuedOn = socket;
        var slot = table.Take(target);
        ref var probe = ref table[slot];
        probe.Socket = socket;
        probe.Peer = peer;
        probe.StartedUnixMicroseconds = started;
        probe.Begun = time.GetTimestamp();
        probe.Timeout = shape.TimeoutNanoseconds;
        var length = Write(sending.Room(queued), slot, probe.Generation, socket, peer, shape);
        probe.Bytes = length;
        probe.Overflowed = socket.Overflowed;
        sending.SetName(queued, peer, HasPorts);
        sending.SetLengths(queued, length, socket.WriteControl(sending.ControlRoom(queued), slot, shape));
        queuedSlots[queued++] = slot;
        socket.Pending++;
    }

    /// <inheritdoc/>
    public void Flush()
    {
        Send();
        if (!NewSocketEachRound) return;
        foreach (var socket in sockets) socket.Closing = true;
    }

    /// <inheritdoc/>
    public void Poll(IOutcomeSink sink)
    {
        Send();
        failed.Report(sink);
        early.Report(sink);
        polled = Clock();
        for (var i = sockets.Count - 1; i >= 0; i--) Read(sockets[i], sink);

        EndOverdue(sink);
        for (var i = sockets.Count - 1; i >= 0; i--)
        {
            if (!sockets[i].Closing || sockets[i].Pending > 0 || sockets[i].LookedAtIdle++ < DatagramSocket.LooksForDuplicates) continue;
            sockets[i].Close();
            spare.Push(sockets[i]);
            sockets.RemoveAt(i);
        }
    }

    /// <inheritdoc/>
    public void Drain(IOutcomeSink sink)
    {
        Poll(sink);
        Abandoned += table.Count;
        CloseAll();
    }

    /// <summary>Closes all sockets.</summary>
    public void Dispose()
    {
        CloseAll();
        sending.Dispose();
        receiving.Dispose();
        receivingErrors.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a descriptor.</summary>
    /// <returns>0, or the errno that prevented it.</returns>
    private protected abstract int Open(bool ipv6, in ProbeShape shape, out OpenedDescriptor opened);

    /// <summary>Writes the packet of a probe.</summary>
    /// <returns>Its bytes.</returns>
    private protected abstract int Write(Span<byte> packet, int slot, uint generation, DatagramSocket socket, in ProbeTarget peer, in ProbeShape shape);

    /// <summary>Reads an answer, or the quote of a request in an error.</summary>
    /// <returns>Whether the datagram is one of this prober's.</returns>
    private protected abstract bool TryRead(ReadOnlySpan<byte> packet, DatagramSocket socket, bool quoted, out DatagramAnswer answer);

    private DatagramSocket? SocketFor(bool ipv6, in ProbeShape shape, out int errno)
    {
        foreach (var socket in sockets)
        {
            if (!socket.Closing && socket.Serves(ipv6, shape))
            {
                errno = 0;
                return socket;
            }
        }

        errno = Open(ipv6, shape, out var descriptor);
        if (errno != 0) return null;
        if (!spare.TryPop(out var opened)) opened = new DatagramSocket();
        opened.Use(descriptor, ipv6, shape);
        opened.AskForStamps(StampDepartures);
        sockets.Add(opened);
        return opened;
    }

    /// <summary>
    /// Sends what is held back, and reads what has come so far: stamps and answers of a round with many starts would not all
    /// fit into the kernel's queue. Their outcomes wait for the next poll.
    /// </summary>
    private void SendAndRead()
    {
        var socket = queuedOn!;
        Send();
        polled = Clock();
        Read(socket, early);
    }

    private void Read(DatagramSocket socket, IOutcomeSink sink)
    {
        ReadErrors(socket, sink);
        ReadAnswers(socket, sink);
    }

    private void Send()
    {
        var first = 0;
        var retried = false;
        while (first < queued)
        {
            // Where the kernel stamps departures, this is only what it is checked against.
            var now = Clock();
            for (var i = first; i < queued; i++) table[queuedSlots[i]].Sent = now;
            var sent = sending.Send(queuedOn!.Descriptor, first, queuedOn.StampsDepartures ? queued - first : 1);
            if (sent > 0)
            {
                first += sent;
                retried = false;
                continue;
            }

            // The first error may be that of an earlier packet, which the kernel tells at the next call whatever it is about.
            if (!retried && queuedOn.ClearError())
            {
                retried = true;
                continue;
            }

            if (-sent == Errno.InvalidArgument && queuedOn.StampsDepartures)
            {
                RewriteWithoutStamps(first);
                continue;
            }

            ref var probe = ref table[queuedSlots[first]];
            failed.Add(probe.Target, probe.StartedUnixMicroseconds, probe.Socket!.Port, Errno.ToProbeError(-sent));
            End(queuedSlots[first]);
            first++;
            retried = false;
        }

        queued = 0;
    }

    // The kernel is too old to let a sender number its packets.
    private void RewriteWithoutStamps(int first)
    {
        queuedOn!.AskForStamps(departures: false);
        for (var i = first; i < queued; i++)
        {
            ref var probe = ref table[queuedSlots[i]];
            sending.SetLengths(i, probe.Bytes, queuedOn.RemoveNumber(sending.ControlRoom(i)));
        }
    }

    private void ReadAnswers(DatagramSocket socket, IOutcomeSink sink)
    {
        int count;
        do
        {
            count = receiving.Receive(socket.Descriptor, wait: false);
            for (var i = 0; i < count; i++)
            {
                if (!TryRead(receiving.Data(i), socket, quoted: false, out var answer)) continue;
                if (!table.IsCurrent(answer.Slot, answer.Generation))
                {
                    if (table.WasAnswered(answer.Slot, answer.Generation, out var target)) sink.Duplicated(target);
                    continue;
                }

                // The stamp of a departure may have come after the errors were read, but has come by the time of the answer.
                if (socket.StampsDepartures && table[answer.Slot].Departed == 0) ReadErrors(socket, sink);
                if (table.IsCurrent(answer.Slot, answer.Generation)) Take(answer, StampsOf(receiving.Control(i)), sink);
            }
        }
        while (count == Batch);
    }

    private void Take(in DatagramAnswer answer, (long Stamp, byte Ttl) arrival, IOutcomeSink sink)
    {
        ref var probe = ref table[answer.Slot];
        if (polled.SteppedSince(probe.Sent))
        {
            Abandoned++;
            End(answer.Slot);
            return;
        }

        var sent = probe.Departed != 0 ? probe.Departed : probe.Sent.Unix;
        var arrived = arrival.Stamp != 0 ? arrival.Stamp : polled.Unix;
        var there = answer.SentThere - answer.ReceivedThere;
        var good = !answer.IsBad && there >= 0;
        sink.Completed(
            probe.Outcome(good ? ProbeError.None : ProbeError.BadAnswer, good ? Math.Max(0, arrived - sent - there) : 0),
            new ProbeDetail
            {
                ForwardNanoseconds = answer.ReceivedThere == 0 ? 0 : answer.ReceivedThere - sent,
                ReturnNanoseconds = answer.SentThere == 0 ? 0 : arrived - answer.SentThere,
                ReplyTtl = arrival.Ttl,
                Reordered = table.IsReordered(answer.Slot, arrived),
                UserClock = arrival.Stamp == 0,
            });
        End(answer.Slot, answered: true);
    }

    private static (long Stamp, byte Ttl) StampsOf(ReadOnlySpan<byte> control)
    {
        long stamp = 0;
        byte ttl = 0;
        var walk = new ControlMessages(control);
        while (walk.Next())
        {
            if (walk.Level == Native.SolSocket && walk.Type == Native.SoTimestamping) stamp = ControlMessages.Nanoseconds(walk.Data);
            else if (walk is { Level: Native.IpProtoIp, Type: Native.IpTtl } or { Level: Native.IpProtoIpv6, Type: Native.Ipv6HopLimit }) ttl = walk.Data[0];
        }

        return (stamp, ttl);
    }

    private void ReadErrors(DatagramSocket socket, IOutcomeSink sink)
    {
        int count;
        do
        {
            count = receivingErrors.Receive(socket.Descriptor, wait: false, errors: true);
            for (var i = 0; i < count; i++)
            {
                var error = ErrorMessage.Read(receivingErrors.Control(i));
                if (error.IsStamp) table.SetDeparted(error.Number, error.Stamp);
                else if (error.Error != ProbeError.None) Fail(socket, receivingErrors.Data(i), receivingErrors.Name(i), error.Error, sink);
            }
        }
        while (count == Batch);
    }

    private void Fail(DatagramSocket socket, ReadOnlySpan<byte> quote, ReadOnlySpan<byte> peer, ProbeError error, IOutcomeSink sink)
    {
        // A router may quote too little to tell the probe; then it is the oldest to that address.
        var slot = TryRead(quote, socket, quoted: true, out var answer) && table.IsCurrent(answer.Slot, answer.Generation)
            ? answer.Slot
            : quote.Length < DatagramAnswer.FewestQuoted ? table.OldestTo(socket, peer) : -1;
        if (slot < 0) return;
        sink.Completed(table[slot].Outcome(error, 0), default);
        End(slot);
    }

    private void EndOverdue(IOutcomeSink sink)
    {
        foreach (var socket in sockets)
        {
            if (socket.Pending > 0) socket.Overflowed = ReceiveQueue.DroppedBy(socket.Descriptor);
        }

        for (var slot = 0; slot < table.Used; slot++)
        {
            ref var probe = ref table[slot];
            if (!probe.IsUsed || time.GetElapsedTime(probe.Begun).TotalNanoseconds < probe.Timeout) continue;

            // What this host threw away unread says nothing of the network.
            var overflowed = probe.Socket!.Overflowed != probe.Overflowed;
            sink.Completed(probe.Outcome(overflowed ? ProbeError.LocalResources : ProbeError.Timeout, 0), default);
            End(slot);
        }
    }

    private void End(int slot, bool answered = false)
    {
        table[slot].Socket!.Pending--;
        table.Release(slot, answered);
    }

    private void CloseAll()
    {
        queued = 0;
        early.Clear();
        table.Clear();
        foreach (var socket in sockets) socket.Close();
        sockets.Clear();
    }
}
