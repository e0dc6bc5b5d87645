using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.Agent;

/// <summary>
/// What the reactor does at each tick: read the answers of the probes under way, then start those that are due. Owns
/// the schedule and the probers; the rest of the agent hands it plans and takes outcomes from what it reports to.
/// </summary>
internal sealed class ProbeLoop : IDisposable
{
    /// <summary>Time between two ticks. The kernel keeps the time of answers, so this bounds no accuracy.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    // A target's number in flight is its place in its plan plus the plan's turn, so that outcomes of a plan that was
    // replaced still find their target. Pinglists are asked for a second apart at the least, so turns come round after
    // the last probe of a plan has ended, 9 s at most; a longer memory would only hold on to large old plans.
    private const int TargetBits = 16;
    private const int Turns = 1 << 4;

    private readonly ProbePlan[] plans = new ProbePlan[Turns];
    private readonly ProbeSchedule schedule;
    private readonly Action<PlannedTarget, ProbeOutcome, ProbeDetail> report;
    private readonly Sink sink;
    private readonly ReactorProbers probers;
    private readonly PlatformLane platform;
    private ProbePlan? next;
    private int[] due = new int[64];
    private int turn;
    private volatile bool suspended;

    /// <param name="probers">The probers of the high-rate kinds.</param>
    /// <param name="platform">Where the other kinds are probed.</param>
    /// <param name="report">Takes each outcome, on the reactor's thread.</param>
    /// <param name="random">For the order of probes.</param>
    public ProbeLoop(
        ReactorProbers probers, PlatformLane platform, Action<PlannedTarget, ProbeOutcome, ProbeDetail> report, Random random)
    {
        this.probers = probers;
        this.platform = platform;
        this.report = report;
        sink = new Sink(this);
        schedule = new ProbeSchedule(Tick, random);
        plans[0] = schedule.Plan;
    }

    /// <summary>Whether no probes are started, though those under way are still read.</summary>
    public bool Suspended
    {
        get => suspended;
        set => suspended = value;
    }

    /// <summary>Peers of the plan in force.</summary>
    public int Peers { get; private set; }

    /// <summary>Probes under way.</summary>
    public int Pending { get; private set; }

    /// <summary>How many times longer than asked the intervals are, to keep the limit on probes a second; 1 when kept.</summary>
    public double Stretch { get; private set; } = 1;

    /// <summary>The rounds over the plan.</summary>
    public CycleCounters Cycles => schedule.Cycles;

    /// <summary>Answers that came again.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Has the plan followed from the next tick on. From any thread.</summary>
    public void Follow(ProbePlan plan) => Volatile.Write(ref next, plan);

    /// <summary>One tick. On the reactor's thread.</summary>
    /// <param name="now">Monotonic nanoseconds.</param>
    public void OnTick(long now)
    {
        if (Interlocked.Exchange(ref next, null) is { } plan) Adopt(plan);
        probers.Poll(sink);
        platform.Poll(report);
        if (!suspended) StartDue(now);
        Pending = probers.Pending + platform.Pending;
    }

    /// <summary>Ends what is under way; after the reactor has stopped.</summary>
    public void Dispose()
    {
        probers.Drain(sink);
        platform.Drain(report);
    }

    private void StartDue(long now)
    {
        var count = schedule.Due(now, due);
        for (var i = 0; i < count; i++)
        {
            var target = schedule.Plan.Targets[due[i]];
            if (target.Platform is null) probers.Start(target.Series.Kind, (turn << TargetBits) | due[i], target.Peer, target.NextShape());
            else platform.Start(target);
        }

        if (count > 0) probers.Flush();
    }

    private void Adopt(ProbePlan plan)
    {
        // An empty plan has no sources of its own: what is under way runs to its end with the probers at hand.
        if (plan.Targets.Count > 0) probers.Use(plan.Sources, plan.Limits.MaxPending);
        turn = (turn + 1) % Turns;
        plans[turn] = plan;
        schedule.Follow(plan);
        if (due.Length < schedule.MaxDue) due = new int[schedule.MaxDue];
        Peers = plan.Targets.Count;
        Stretch = schedule.Stretch;
    }

    private sealed class Sink(ProbeLoop loop) : IOutcomeSink
    {
        public void Completed(in ProbeOutcome outcome, in ProbeDetail detail)
        {
            var plan = loop.plans[outcome.Target >> TargetBits];
            loop.report(plan.Targets[outcome.Target & ((1 << TargetBits) - 1)], outcome, detail);
        }

        public void Duplicated(int target) => loop.Duplicates++;
    }
}
