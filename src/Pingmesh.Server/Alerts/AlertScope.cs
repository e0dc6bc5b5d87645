using Pingmesh.Core.Topologies;

namespace Pingmesh.Server.Alerts;

/// <summary>Scopes as alerts name them, and how they lie to each other.</summary>
internal static class AlertScope
{
    /// <summary>What stands before a service's name.</summary>
    public const string Service = "service:";

    /// <summary>The scope of alerts about Pingmesh itself.</summary>
    public const string Itself = "pingmesh";

    private const char Pair = '~';

    /// <summary>Whether one of two scopes lies within the other, or is the same; of pairs, whether either end does.</summary>
    public static bool AreRelated(string a, string b, Topology topology) =>
        Ends(a, topology).Any(one => Ends(b, topology).Any(other => IsWithin(one, other) || IsWithin(other, one)));

    /// <summary>The data center of a scope; null for what is in none, or in two.</summary>
    public static string? DcOf(string scope, Topology topology)
    {
        var dcs = Ends(scope, topology).Select(end => end.Split('/')[0]).Distinct().ToList();
        return dcs is [var dc] && topology.Dcs.Any(one => one.Name == dc) ? dc : null;
    }

    private static bool IsWithin(string inner, string outer) => inner == outer || inner.StartsWith(outer + '/', StringComparison.Ordinal);

    // A host is named without its path, which says where it is.
    private static IEnumerable<string> Ends(string scope, Topology topology) => scope.Split(Pair).Select(end =>
        !end.Contains('/', StringComparison.Ordinal) && topology.Dcs.All(dc => dc.Name != end) && topology.FindHost(end) is { } host ? $"{host.Pod.Path}/{host.Name}" : end);
}
