using Pingmesh.Core.Exposition;

namespace Pingmesh.Server.Api;

/// <summary>SLA figures as a table and as metrics.</summary>
internal static class SlaTable
{
    private static readonly string[] Columns =
    [
        "from", "to", "level", "side", "scope", "target", "kind", "class", "dscp", "probes", "failures", "drops", "drop_rate", "drop_rate_low", "drop_rate_high", "p50_us", "p99_us",
    ];

    /// <summary>The table.</summary>
    public static ExportTable Of(SlaResponse sla) => new(
        Columns,
        sla.Scopes.Select(one => (IReadOnlyList<object?>)
        [
            sla.From, sla.To, sla.Level, sla.Side, one.Scope, one.Target, one.Series?.Kind, one.Series?.Class, one.Series?.Dscp, one.Probes, one.Failures, one.Drops,
            one.DropRate, one.DropRateLow, one.DropRateHigh, one.P50Us, one.P99Us,
        ]),
        () =>
        {
            var text = new PrometheusText();
            Write(text, [(sla.Level, sla.Scopes)]);
            return $"{text}# EOF\n";
        });

    /// <summary>Adds gauges of SLAs.</summary>
    public static void Write(PrometheusText text, IReadOnlyList<(string Level, IReadOnlyList<SlaScopeResponse> Scopes)> slas)
    {
        Write(text, "pingmesh_sla_probes", "Probes of a scope in the time covered.", slas, one => one.Probes);
        Write(text, "pingmesh_sla_failure_ratio", "Failed probes / probes.", slas, one => one.Probes == 0 ? null : (double)one.Failures / one.Probes);
        Write(text, "pingmesh_sla_drop_ratio", "Successful probes that needed SYN retransmissions / successful probes.", slas, one => one.DropRate);
        Write(text, "pingmesh_sla_rtt_p50_seconds", "Median RTT.", slas, one => one.P50Us / 1e6);
        Write(text, "pingmesh_sla_rtt_p99_seconds", "99th percentile of the RTT.", slas, one => one.P99Us / 1e6);
    }

    private static void Write(
        PrometheusText text, string name, string help, IReadOnlyList<(string Level, IReadOnlyList<SlaScopeResponse> Scopes)> slas, Func<SlaScopeResponse, double?> figure)
    {
        var gauge = text.Gauge(name, help);
        foreach (var (level, scopes) in slas)
        {
            foreach (var one in scopes)
            {
                if (figure(one) is not { } value) continue;
                List<(string, string)> labels = [("level", level), ("scope", one.Scope)];
                if (one.Target is not null) labels.Add(("target", one.Target));
                if (one.Series is { } series) labels.AddRange([("kind", series.Kind), ("class", series.Class), ("dscp", $"{series.Dscp}")]);
                gauge.Value(value, [.. labels]);
            }
        }
    }
}
