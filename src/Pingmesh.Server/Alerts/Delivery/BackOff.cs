namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>Pauses between attempts: they double, with jitter, so that receivers are not asked by all at once.</summary>
internal sealed class BackOff(Random random, TimeSpan first, TimeSpan most)
{
    private int failures;

    /// <summary>Begins anew.</summary>
    public void Reset() => failures = 0;

    /// <summary>The next pause: half to one and a half of what doubling gives; at least what the receiver asks for, up to ten times the longest pause.</summary>
    public TimeSpan Next(TimeSpan? asked)
    {
        var pause = TimeSpan.FromTicks(Math.Min(most.Ticks, first.Ticks << Math.Min(failures++, 20)));
        pause *= 0.5 + random.NextDouble();
        return asked > pause ? TimeSpan.FromTicks(Math.Min(asked.Value.Ticks, most.Ticks * 10)) : pause;
    }
}
