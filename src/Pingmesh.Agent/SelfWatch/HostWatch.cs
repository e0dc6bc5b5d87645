using Pingmesh.Agent.Aggregation;
using Pingmesh.Core;
using Pingmesh.Core.Probes;

namespace Pingmesh.Agent.SelfWatch;

/// <summary>
/// Watches this host while it probes, so that its own trouble is not taken for the network's: how late its ticks come,
/// steps of its clock, a probe over loopback, what its kernel counts. Marks each window of <see cref="Windows.LiveSeconds"/>
/// in which the host was in trouble. The reactor's thread writes, any reads.
/// </summary>
internal sealed class HostWatch
{
    // The time that a whole tick takes: a process that runs this late has missed its turn altogether.
    private static readonly long StallNanoseconds = (long)ProbeLoop.Tick.TotalNanoseconds;

    // A handshake over loopback takes tens of microseconds; a hundred times that is no network's fault.
    private const long SlowLoopbackNanoseconds = 2_000_000;

    private const double StealShare = 0.05;
    private const long ManySynRetransmissions = 50;
    private const int MaxMarks = 64;

    private readonly Lock gate = new();
    private readonly Queue<WindowMark> marks = new();
    private readonly ClockSteps clock;
    private readonly Func<KernelCounters> readKernel;
    private KernelCounters kernel;
    private long window = long.MinValue;
    private long worstStall;
    private HostNoise noise;
    private long ownRetransmissions;

    /// <param name="clock">Finds steps of the clock.</param>
    /// <param name="readKernel">Reads the kernel's counters; called once a window.</param>
    public HostWatch(ClockSteps clock, Func<KernelCounters> readKernel)
    {
        this.clock = clock;
        this.readKernel = readKernel;
        kernel = readKernel();
    }

    /// <summary>Ticks that came late by a tick or more.</summary>
    public long Stalls { get; private set; }

    /// <summary>Steps of the clock.</summary>
    public long Steps { get; private set; }

    /// <summary>The latest loopback RTT, nanoseconds; 0 before there is one.</summary>
    public long LoopbackNanoseconds { get; private set; }

    /// <summary>Loopback probes that failed.</summary>
    public long LoopbackFailures { get; private set; }

    /// <summary>What the kernel had counted at the end of the last window.</summary>
    public KernelCounters Kernel => kernel;

    /// <summary>Marks of the last finished window.</summary>
    public HostNoise LastNoise { get; private set; }

    /// <summary>Share of CPU time that the hypervisor gave to others in the last window, 0 to 1.</summary>
    public double Steal { get; private set; }

    /// <summary>Takes note of a tick.</summary>
    /// <param name="due">When it was due, monotonic nanoseconds.</param>
    /// <param name="now">When it came.</param>
    public void OnTick(long due, long now)
    {
        var reading = clock.Read(out var stepped);
        var start = Windows.StartOf(reading.UnixNanoseconds / 1_000_000_000, Windows.LiveSeconds);
        if (window == long.MinValue) window = start;
        if (start != window) Close(start);
        if (stepped)
        {
            Steps++;
            noise |= HostNoise.ClockStepped;
        }

        var late = now - due;
        worstStall = Math.Max(worstStall, late);
        if (late < StallNanoseconds) return;
        Stalls++;
        noise |= HostNoise.Stalled;
    }

    /// <summary>Takes note of a probe over loopback.</summary>
    public void OnLoopback(in ProbeOutcome outcome)
    {
        if (outcome.Succeeded && !outcome.Dropped)
        {
            LoopbackNanoseconds = outcome.RttNanoseconds;
            if (outcome.RttNanoseconds >= SlowLoopbackNanoseconds) noise |= HostNoise.LoopbackSlow;
            return;
        }

        LoopbackFailures++;
        noise |= HostNoise.LoopbackSlow;
    }

    /// <summary>Takes note of SYNs that were retransmitted for this agent's own probes.</summary>
    public void OnOwnRetransmissions(int count) => ownRetransmissions += count;

    /// <summary>Takes note that probing is suspended for this agent's own use of CPU or memory.</summary>
    public void OnOverBudget() => noise |= HostNoise.OverBudget;

    /// <summary>The marks since the last call. From any thread, one at a time.</summary>
    public IReadOnlyList<WindowMark> TakeMarks()
    {
        lock (gate)
        {
            if (marks.Count == 0) return [];
            WindowMark[] taken = [.. marks];
            marks.Clear();
            return taken;
        }
    }

    private void Close(long nextWindow)
    {
        var next = readKernel();
        Steal = next.StealShareSince(kernel);
        if (Steal >= StealShare) noise |= HostNoise.CpuSteal;
        if (next.ListenDrops > kernel.ListenDrops) noise |= HostNoise.ListenQueueDrops;
        if (next.SynRetransmissions - kernel.SynRetransmissions - ownRetransmissions >= ManySynRetransmissions)
            noise |= HostNoise.SynRetransmissions;
        kernel = next;
        LastNoise = noise;
        if (noise != HostNoise.None)
        {
            lock (gate)
            {
                // More wait only while nothing is uploaded for minutes; the oldest tell least then.
                if (marks.Count == MaxMarks) marks.Dequeue();
                marks.Enqueue(new WindowMark(window, noise, worstStall / 1_000));
            }
        }

        window = nextWindow;
        noise = HostNoise.None;
        worstStall = 0;
        ownRetransmissions = 0;
    }
}
