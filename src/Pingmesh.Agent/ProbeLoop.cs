using Pingmesh.Agent.Aggregation;
using Pingmesh.Agent.Observe;
using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Tcp;

namespace Pingmesh.Agent;

/// <summary>
/// What the reactor does at each tick: read the answers of the probes under way, then start those that are due. Owns
/// the schedule and the prober; the rest of the agent hands it plans and takes outcomes from the buffer.
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
    private readonly OutcomeBuffer outcomes;
    private readonly ProbeCounters counters;
    private readonly Func<ProbePlan, TcpProber> open;
    private readonly Sink sink;
    private TcpProber? prober;
    private ProbePlan? next;
    private int[] due = new int[64];
    private int turn;

    public ProbeLoop(Func<ProbePlan, TcpProber> open, OutcomeBuffer outcomes, ProbeCounters counters, Random random)
    {
        this.open = open;
        this.outcomes = outcomes;
        this.counters = counters;
        schedule = new ProbeSchedule(Tick, random);
        plans[0] = schedule.Plan;
        sink = new Sink(this);
    }

    /// <summary>Has the plan followed from the next tick on. From any thread.</summary>
    public void Follow(ProbePlan plan) => Volatile.Write(ref next, plan);

    /// <summary>One tick. On the reactor's thread.</summary>
    /// <param name="now">Monotonic nanoseconds.</param>
    public void OnTick(long now)
    {
        if (Interlocked.Exchange(ref next, null) is { } plan) Adopt(plan);
        if (prober is null) return;
        prober.Poll(sink);
        var count = schedule.Due(now, due);
        for (var i = 0; i < count; i++)
        {
            var target = schedule.Plan.Targets[due[i]];
            prober.Start((turn << TargetBits) | due[i], target.Peer, new ProbeShape { Dscp = target.Series.Dscp, TimeoutNanoseconds = target.TimeoutNanoseconds });
        }

        counters.Pending = prober.Pending;
    }

    /// <summary>Ends what is under way; after the reactor has stopped.</summary>
    public void Dispose()
    {
        if (prober is null) return;
        prober.Drain(sink);
        prober.Dispose();
        prober = null;
    }

    private void Adopt(ProbePlan plan)
    {
        if (prober is null || !plan.Sources.SequenceEqual(schedule.Plan.Sources)) Reopen(plan);
        turn = (turn + 1) % Turns;
        plans[turn] = plan;
        schedule.Follow(plan);
        if (due.Length < schedule.MaxDue) due = new int[schedule.MaxDue];
        counters.Peers = plan.Targets.Count;
        counters.Stretch = schedule.Stretch;
    }

    private void Reopen(ProbePlan plan)
    {
        // An empty plan has no sources of its own: what is under way runs to its end with the prober at hand.
        if (prober is not null && plan.Targets.Count == 0) return;
        Dispose();
        prober = open(plan);
    }

    private sealed class Sink(ProbeLoop loop) : IOutcomeSink
    {
        public void Completed(in ProbeOutcome outcome, in ProbeDetail detail)
        {
            var plan = loop.plans[outcome.Target >> TargetBits];
            var target = plan.Targets[outcome.Target & ((1 << TargetBits) - 1)];
            loop.counters.Count(target.Series, outcome);
            loop.outcomes.Add(new RecordedOutcome(target, outcome));
        }
    }
}
