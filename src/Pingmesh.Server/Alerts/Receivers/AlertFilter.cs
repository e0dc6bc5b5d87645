using Pingmesh.Core.Topologies;

namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>Which alerts a receiver is told of: those that fit every list that is not empty.</summary>
public sealed record AlertFilter
{
    /// <summary>Severities.</summary>
    public IReadOnlyList<AlertSeverity> Severities { get; init; } = [];

    /// <summary>Kinds, of <see cref="AlertKinds.All"/>.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Scopes: alerts of a scope within one of them, or around it, are told. <c>service:NAME</c> is a scope, too.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Whether an alert is told.</summary>
    internal bool Lets(Alert alert, Topology topology) =>
        (Severities.Count == 0 || Severities.Contains(alert.Severity))
        && (Kinds.Count == 0 || Kinds.Contains(alert.Kind))
        && (Scopes.Count == 0 || Scopes.Any(scope => AlertScope.AreRelated(scope, alert.Scope, topology)));
}
