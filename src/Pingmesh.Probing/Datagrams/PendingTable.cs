using System.Runtime.InteropServices;
using Pingmesh.Core.Probes;

namespace Pingmesh.Probing.Datagrams;

/// <summary>The probes under way of a datagram prober, each at a place that its packet names. Used by one thread.</summary>
internal sealed class PendingTable
{
    private readonly Stack<int> free = new();
    private readonly Dictionary<int, int> newestOfTarget = [];
    private PendingDatagram[] slots = new PendingDatagram[64];

    /// <summary>Probes under way.</summary>
    public int Count { get; private set; }

    /// <summary>Places that were ever taken.</summary>
    public int Used { get; private set; }

    public ref PendingDatagram this[int slot] => ref slots[slot];

    /// <summary>Takes a place.</summary>
    public int Take(int target)
    {
        if (!free.TryPop(out var slot))
        {
            if (Used == slots.Length) Array.Resize(ref slots, Used * 2);
            slot = Used++;
        }

        ref var probe = ref slots[slot];
        var (generation, answeredTarget, answeredGeneration) = (probe.Generation + 1, probe.AnsweredTarget, probe.AnsweredGeneration);
        ref var newest = ref CollectionsMarshal.GetValueRefOrAddDefault(newestOfTarget, target, out var another);
        probe = new PendingDatagram
        {
            IsUsed = true,
            Target = target,
            Generation = generation,
            AnsweredTarget = answeredTarget,
            AnsweredGeneration = answeredGeneration,
            Earlier = another ? newest : -1,
            EarlierGeneration = another ? slots[newest].Generation : 0,
        };
        newest = slot;
        Count++;
        return slot;
    }

    /// <summary>Gives a place back.</summary>
    public void Release(int slot, bool answered)
    {
        ref var probe = ref slots[slot];
        probe.IsUsed = false;
        probe.Socket = null;
        if (answered) (probe.AnsweredTarget, probe.AnsweredGeneration) = (probe.Target, probe.Generation);
        if (newestOfTarget.TryGetValue(probe.Target, out var newest) && newest == slot)
        {
            var earlier = EarlierPending(slot);
            if (earlier >= 0) newestOfTarget[probe.Target] = earlier;
            else newestOfTarget.Remove(probe.Target);
        }

        free.Push(slot);
        Count--;
    }

    /// <summary>Whether a packet's probe is still under way.</summary>
    public bool IsCurrent(int slot, uint generation) => (uint)slot < (uint)Used && slots[slot].IsUsed && slots[slot].Generation == generation;

    /// <summary>Whether a packet's probe was the last that was answered at its place.</summary>
    public bool WasAnswered(int slot, uint generation, out int target)
    {
        target = 0;
        if ((uint)slot >= (uint)Used || generation == 0 || slots[slot].AnsweredGeneration != generation) return false;
        target = slots[slot].AnsweredTarget;
        return true;
    }

    /// <summary>
    /// Whether an answer came in another order than its probe was sent, as against another probe of the same target that was
    /// under way with it. Told once for a pair of probes: of the one whose answer is read last.
    /// </summary>
    /// <param name="slot">The probe.</param>
    /// <param name="arrived">When its answer arrived, Unix nanoseconds.</param>
    public bool IsReordered(int slot, long arrived)
    {
        ref var probe = ref slots[slot];
        var sentLater = true;
        for (var other = newestOfTarget[probe.Target]; other >= 0; other = EarlierPending(other))
        {
            if (other == slot) sentLater = false;
            else if (sentLater) slots[other].LastOfEarlier = Math.Max(slots[other].LastOfEarlier, arrived);
            else slots[other].FirstOfLater = slots[other].FirstOfLater == 0 ? arrived : Math.Min(slots[other].FirstOfLater, arrived);
        }

        return (probe.FirstOfLater != 0 && arrived > probe.FirstOfLater) || arrived < probe.LastOfEarlier;
    }

    /// <summary>Keeps the stamp of a departure.</summary>
    public void SetDeparted(int slot, long stamp)
    {
        // A stamp that comes before the clock was read belongs to a probe that had the place before.
        if ((uint)slot < (uint)Used && slots[slot].IsUsed && stamp >= slots[slot].Sent.Unix) slots[slot].Departed = stamp;
    }

    /// <summary>The oldest probe through a socket to an address in the kernel's form; -1 for none.</summary>
    public int OldestTo(DatagramSocket socket, ReadOnlySpan<byte> address)
    {
        var oldest = -1;
        for (var slot = 0; slot < Used; slot++)
        {
            ref var probe = ref slots[slot];
            if (probe.IsUsed && probe.Socket == socket && probe.Peer.HasAddress(address) && (oldest < 0 || probe.Begun < slots[oldest].Begun)) oldest = slot;
        }

        return oldest;
    }

    /// <summary>The probe of the same target that was sent before and is still under way; -1 for none.</summary>
    private int EarlierPending(int slot)
    {
        var (earlier, generation) = (slots[slot].Earlier, slots[slot].EarlierGeneration);
        while (earlier >= 0 && slots[earlier].Generation == generation)
        {
            if (slots[earlier].IsUsed) return earlier;
            (earlier, generation) = (slots[earlier].Earlier, slots[earlier].EarlierGeneration);
        }

        return -1;
    }

    /// <summary>Forgets all probes.</summary>
    public void Clear()
    {
        for (var slot = 0; slot < Used; slot++)
        {
            if (slots[slot].IsUsed) Release(slot, answered: false);
        }
    }
}

/// <summary>A datagram probe under way.</summary>
internal struct PendingDatagram
{
    public bool IsUsed;
    public int Target;
    public uint Generation;
    public DatagramSocket? Socket;
    public ProbeTarget Peer;
    public long StartedUnixMicroseconds;
    public long Begun;
    public long Timeout;
    public int Bytes;

    /// <summary>What its socket's queue had thrown away when it was sent.</summary>
    public uint Overflowed;

    /// <summary>The clocks right before it was sent.</summary>
    public ClockPair Sent;

    /// <summary>When it left, by the kernel, Unix nanoseconds; 0 without a stamp.</summary>
    public long Departed;

    /// <summary>When the first answer to a later probe of the same target arrived, and the last to an earlier one; 0 for none.</summary>
    public long FirstOfLater;

    public long LastOfEarlier;

    public int Earlier;
    public uint EarlierGeneration;
    public int AnsweredTarget;
    public uint AnsweredGeneration;

    public readonly ProbeOutcome Outcome(ProbeError error, long rtt) => new()
    {
        Target = Target,
        StartedUnixMicroseconds = StartedUnixMicroseconds,
        SourcePort = Socket!.Port,
        Error = error,
        Retransmissions = 0,
        RttNanoseconds = rtt,
    };
}
