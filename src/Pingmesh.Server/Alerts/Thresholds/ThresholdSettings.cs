namespace Pingmesh.Server.Alerts.Thresholds;

/// <summary>From when on the SLA of a data center or a service is told (paper, section 4.3).</summary>
public sealed record ThresholdSettings
{
    /// <summary>Drop rate above which it is told, 0 to 1; 1e-3 unless set.</summary>
    public double DropRate { get; init; } = 1e-3;

    /// <summary>P99 above which it is told; 5 ms unless set.</summary>
    public TimeSpan P99 { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Fewest probes of the last five minutes to say anything; 200 unless set.</summary>
    public long MinProbes { get; init; } = 200;

    /// <summary>How urgent it is; <see cref="AlertSeverity.Warning"/> unless set.</summary>
    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    /// <summary>Scopes with settings of their own, the first that fits counts.</summary>
    public IReadOnlyList<ScopeThreshold> Scopes { get; init; } = [];

    /// <summary>The thresholds of a scope; null where it is not watched.</summary>
    /// <param name="scope"><c>dc1</c> or <c>service:NAME</c>.</param>
    public (double DropRate, TimeSpan P99)? Of(string scope) => Scopes.FirstOrDefault(one => one.Fits(scope)) switch
    {
        { Enabled: false } => null,
        { } own => (own.DropRate ?? DropRate, own.P99 ?? P99),
        null => (DropRate, P99),
    };
}
