using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Pinglists;

namespace Pingmesh.UnitTests.Agent;

/// <summary>Pinglists and plans for tests.</summary>
internal static class Pinglists
{
    public static Pinglist Of(params PinglistGroup[] groups) => new("h", ["127.77.0.1"], 0, groups);

    /// <summary>A group of <paramref name="count"/> peers 10.n.x.y, from number <paramref name="first"/> on.</summary>
    public static PinglistGroup Group(
        int count, int intervalSeconds = 10, int first = 0, string probeClass = "intra-dc", byte dscp = 0, int port = 58100) =>
        new("tcp", probeClass, dscp, port, intervalSeconds * 1000, 3000, 5000, [.. Enumerable.Range(first, count).Select(PeerNumber)]);

    public static ProbePlan Plan(params PinglistGroup[] groups) => ProbePlan.From(Of(groups), []);

    private static Peer PeerNumber(int i) => new($"p{i}", $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}");
}
