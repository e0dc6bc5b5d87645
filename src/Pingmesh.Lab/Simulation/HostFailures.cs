namespace Pingmesh.Lab.Simulation;

/// <summary>When hosts fail for reasons of their own: drawn once for the whole simulation.</summary>
internal sealed class HostFailures
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private readonly Dictionary<int, List<(TimeSpan From, TimeSpan Until)>> failures = [];

    /// <summary>The failures of <paramref name="hosts"/> hosts.</summary>
    public HostFailures(int hosts, SimulationSettings settings)
    {
        if (settings.HostFailuresPerDay <= 0) return;
        for (var host = 0; host < hosts; host++)
        {
            // A Poisson process: the times between failures are exponential.
            var random = new SimulationRandom(settings.Seed ^ 0xFA11, (ulong)host);
            var at = TimeSpan.Zero;
            while (true)
            {
                at += TimeSpan.FromDays(-Math.Log(1 - random.NextDouble()) / settings.HostFailuresPerDay);
                if (at >= settings.Duration) break;
                var until = at + Shortest + ((Longest - Shortest) * random.NextDouble());
                if (!failures.TryGetValue(host, out var list)) failures[host] = list = [];
                list.Add((at, until));
                at = until;
            }
        }
    }

    /// <summary>Whether a host is down.</summary>
    public bool IsDown(int host, TimeSpan elapsed) => failures.TryGetValue(host, out var list) && list.Exists(one => elapsed >= one.From && elapsed < one.Until);
}
