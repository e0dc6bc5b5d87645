using System.IO.Enumeration;

namespace Pingmesh.Server.Alerts.Thresholds;

/// <summary>Thresholds of some scopes.</summary>
/// <param name="Scope"><c>dc1</c> or <c>service:NAME</c>; <c>*</c> stands for any characters.</param>
/// <param name="Enabled">Whether they are watched at all.</param>
/// <param name="DropRate">Drop rate, 0 to 1; null for the common one.</param>
/// <param name="P99">P99; null for the common one.</param>
public sealed record ScopeThreshold(string Scope, bool Enabled, double? DropRate, TimeSpan? P99)
{
    /// <summary>Whether a scope is meant.</summary>
    public bool Fits(string scope) => FileSystemName.MatchesSimpleExpression(Scope, scope, ignoreCase: false);
}
