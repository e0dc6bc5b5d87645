using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Probes;

namespace Pingmesh.Agent.Observe;

/// <summary>
/// The targets that fail, drop or are slow at the moment: the only ones that get metrics of their own, since a mesh has
/// thousands. A target leaves after <see cref="GoodToLeave"/> good probes in a row. Bounded. Not thread-safe.
/// </summary>
internal sealed class BadTargets
{
    /// <summary>Most targets kept; further ones are counted.</summary>
    public const int MaxTargets = 200;

    /// <summary>Good probes in a row after which a target is no bad one any more.</summary>
    public const int GoodToLeave = 3;

    private readonly Dictionary<TargetIdentity, BadTarget> targets = [];

    /// <summary>The targets.</summary>
    public IReadOnlyCollection<BadTarget> All => targets.Values;

    /// <summary>Bad outcomes of targets for which there was no room.</summary>
    public long Omitted { get; private set; }

    /// <summary>Takes note of an outcome.</summary>
    public void Add(PlannedTarget target, in ProbeOutcome outcome)
    {
        var bad = !outcome.Succeeded || outcome.Dropped || outcome.RttNanoseconds >= target.SlowNanoseconds;
        if (!bad && targets.Count == 0) return;
        if (!targets.TryGetValue(target.Identity, out var entry))
        {
            if (!bad) return;
            if (targets.Count == MaxTargets)
            {
                Omitted++;
                return;
            }

            targets.Add(target.Identity, entry = new BadTarget());
        }

        entry.Add(target, outcome, bad);
        if (entry.GoodInARow >= GoodToLeave) targets.Remove(target.Identity);
    }

    /// <summary>Forgets targets that are not probed any more.</summary>
    public void Keep(IReadOnlyCollection<PlannedTarget> planned)
    {
        if (targets.Count == 0) return;
        var known = planned.Select(target => target.Identity).ToHashSet();
        foreach (var gone in targets.Keys.Where(identity => !known.Contains(identity)).ToList()) targets.Remove(gone);
    }
}

/// <summary>A target that fails, drops or is slow.</summary>
internal sealed class BadTarget
{
    public PlannedTarget Target { get; private set; } = null!;

    public ProbeOutcome Last { get; private set; }

    public long Failures { get; private set; }

    public long Drops { get; private set; }

    public long Slow { get; private set; }

    public int GoodInARow { get; private set; }

    public void Add(PlannedTarget target, in ProbeOutcome outcome, bool bad)
    {
        Target = target;
        Last = outcome;
        GoodInARow = bad ? 0 : GoodInARow + 1;
        if (!outcome.Succeeded) Failures++;
        else if (outcome.Dropped) Drops++;
        else if (bad) Slow++;
    }
}
