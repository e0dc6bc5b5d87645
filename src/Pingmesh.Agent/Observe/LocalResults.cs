using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Exposition;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.Agent.Observe;

/// <summary>The results that this agent's own metrics show. One thread adds, any writes them out.</summary>
internal sealed class LocalResults(TimeProvider time)
{
    private static readonly double[] Quantiles = [0.5, 0.99];

    private readonly Lock gate = new();
    private readonly long origin = time.GetTimestamp();
    private readonly SortedDictionary<int, SeriesResults> series = [];
    private readonly BadTargets bad = new();

    /// <summary>Adds an outcome.</summary>
    public void Add(PlannedTarget target, in ProbeOutcome outcome)
    {
        var now = Now();
        lock (gate)
        {
            if (!series.TryGetValue(target.Series.Code, out var results)) series.Add(target.Series.Code, results = new SeriesResults());
            results.Add(outcome, now);
            bad.Add(target, outcome);
        }
    }

    /// <summary>Forgets targets that are not probed any more.</summary>
    public void Keep(IReadOnlyCollection<PlannedTarget> planned)
    {
        lock (gate) bad.Keep(planned);
    }

    /// <summary>Writes the metrics.</summary>
    public void Write(PrometheusText text)
    {
        lock (gate)
        {
            WriteLastMinute(text);
            WriteHistograms(text);
            WriteBadTargets(text);
        }
    }

    private static (string, string)[] Labels(int code, params ReadOnlySpan<(string, string)> more)
    {
        var key = SeriesKey.FromCode(code);
        return [("kind", key.Kind.Name()), ("class", key.Class.Name()), ("dscp", Text(key.Dscp)), .. more];
    }

    private static string Text(IFormattable number) => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture);

    private void WriteLastMinute(PrometheusText text)
    {
        var now = Now();
        var last = series.Select(entry => (Code: entry.Key, Minute: entry.Value.LastMinute(now))).ToList();
        text.Gauge("pingmesh_agent_rtt_seconds", "Percentiles of the RTTs of the last minute.");
        foreach (var (code, minute) in last)
        {
            foreach (var quantile in Quantiles)
            {
                if (minute.Quantile(quantile) is { } rtt) text.Value(rtt / 1e9, Labels(code, ("quantile", Text(quantile))));
            }
        }

        text.Gauge("pingmesh_agent_drop_rate", "Share of the last minute's successful probes that needed a SYN retransmission.");
        foreach (var (code, minute) in last)
        {
            if (minute.DropRate is { } rate) text.Value(rate, Labels(code));
        }

        text.Gauge("pingmesh_agent_failure_rate", "Share of the last minute's probes that failed.");
        foreach (var (code, minute) in last)
        {
            if (minute.Probes > 0) text.Value((double)minute.Failures / minute.Probes, Labels(code));
        }
    }

    private void WriteHistograms(PrometheusText text)
    {
        text.Histogram("pingmesh_agent_rtt_histogram_seconds", "RTTs since the start.");
        foreach (var (code, results) in series)
        {
            for (var bound = 0; bound < SeriesResults.Bounds.Length; bound++)
                text.Bucket(results.CountUpTo(bound), SeriesResults.Bounds[bound], Labels(code));
            text.Bucket(results.Count, double.PositiveInfinity, Labels(code)).SumAndCount(results.Sum, results.Count, Labels(code));
        }
    }

    private void WriteBadTargets(PrometheusText text)
    {
        text.Gauge("pingmesh_agent_target_up", "Whether the last probe of a target succeeded; only of targets that fail, drop or are slow.");
        foreach (var one in bad.All) text.Value(one.Last.Succeeded ? 1 : 0, Labels(one));
        text.Gauge("pingmesh_agent_target_rtt_seconds", "The last RTT of such a target; none where the last probe failed or dropped.");
        foreach (var one in bad.All.Where(one => one.Last.RttNanoseconds > 0)) text.Value(one.Last.RttNanoseconds / 1e9, Labels(one));
        text.Gauge("pingmesh_agent_target_bad_probes", "Probes of such a target that failed, dropped or were slow since it became one.");
        foreach (var one in bad.All)
        {
            text.Value(one.Failures, [.. Labels(one), ("result", "failed")]);
            text.Value(one.Drops, [.. Labels(one), ("result", "dropped")]);
            text.Value(one.Slow, [.. Labels(one), ("result", "slow")]);
        }

        text.Counter("pingmesh_agent_target_omitted_total", "Bad results of targets beyond the most that get metrics of their own.").Value(bad.Omitted);
    }

    private static (string, string)[] Labels(BadTarget one) =>
        Labels(one.Target.Series.Code, ("peer", one.Target.Name), ("address", AddressKey.ToAddress(one.Target.Key).ToString()), ("port", Text(one.Target.Port)));

    private long Now() => (long)time.GetElapsedTime(origin).TotalNanoseconds;
}
