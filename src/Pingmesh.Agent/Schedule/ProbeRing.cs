namespace Pingmesh.Agent.Schedule;

/// <summary>
/// The targets of one group in a ring that is walked once an interval, at an even pace. Time that was lost (a stalled
/// host, a suspended process) is not made up for, so there is never a burst, and no target is ever probed sooner than
/// an interval after its last probe.
/// </summary>
internal sealed class ProbeRing
{
    // The ring takes this much longer than the interval, so that a tick that comes a little late does not make
    // the next round's tick come too early for the same target.
    private const long SlackNanoseconds = 20_000_000;

    private readonly PlannedTarget[] targets;
    private readonly int[] ids;
    private readonly long interval;
    private readonly double perNanosecond;
    private readonly CycleCounters cycles;
    private long cycleStarted = long.MinValue;
    private int next;
    private double due;

    /// <param name="group">The targets.</param>
    /// <param name="firstId">Number of the group's first target within the plan.</param>
    /// <param name="stretch">How many times longer than its interval a round takes; 1 or more.</param>
    /// <param name="random">For the order of the ring and the start.</param>
    /// <param name="cycles">Where finished rounds are counted.</param>
    public ProbeRing(PlannedGroup group, int firstId, double stretch, Random random, CycleCounters cycles)
    {
        this.cycles = cycles;
        targets = [.. group.Targets];
        ids = [.. Enumerable.Range(firstId, targets.Length)];
        random.Shuffle(ids);

        // Targets that stay keep their turn: a walk that met one of the last to be probed first would wait there, and
        // leave all others unprobed meanwhile.
        ids = [.. ids.OrderBy(id => group.Targets[id - firstId].LastStarted)];
        for (var i = 0; i < ids.Length; i++) targets[i] = group.Targets[ids[i] - firstId];
        interval = (long)group.Interval.TotalNanoseconds;
        perNanosecond = targets.Length / ((interval * stretch) + SlackNanoseconds);
        due = random.NextDouble();
    }

    /// <summary>Writes the numbers of the targets to probe now, and marks them as probed now.</summary>
    /// <param name="now">Monotonic nanoseconds.</param>
    /// <param name="elapsed">Nanoseconds since the call before, already bounded against bursts.</param>
    /// <param name="to">Room for the numbers.</param>
    /// <returns>How many were written.</returns>
    public int Take(long now, long elapsed, Span<int> to)
    {
        var pace = perNanosecond * elapsed;
        due += pace;
        var count = 0;
        while (due >= 1 && count < to.Length)
        {
            var target = targets[next];
            if (target.LastStarted != long.MinValue && now - target.LastStarted < interval)
            {
                // Too early for this one: the walk waits here, without saving up what it misses meanwhile.
                break;
            }

            target.LastStarted = now;
            if (next == 0)
            {
                if (cycleStarted != long.MinValue) cycles.Count(now - cycleStarted, interval);
                cycleStarted = now;
            }

            to[count++] = ids[next];
            next = (next + 1) % targets.Length;
            due--;
        }

        // Nor is saved up what finds no room.
        due = Math.Min(due, 1 + pace);
        return count;
    }
}
