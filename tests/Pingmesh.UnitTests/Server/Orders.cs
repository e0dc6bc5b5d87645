using System.Net;
using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Probes;

namespace Pingmesh.UnitTests.Server;

/// <summary>Orders and reports for tests.</summary>
internal static class Orders
{
    public static TestOrder Ping(string id, string host = "h1", int port = 58100, params int[] sourcePorts) => new()
    {
        Id = id, Host = host, Test = TestKind.Ping, Target = IPAddress.Parse("10.0.0.2"), Port = port, SourcePorts = sourcePorts.Length > 0 ? sourcePorts : [0], By = "somebody",
    };

    public static TestReport Report(string order, int probes = 1, string? problem = null) => new(
        order, DateTimeOffset.UnixEpoch.AddDays(20_000), [.. Enumerable.Range(0, probes).Select(i => new TestedProbe(40_000 + i, ProbeError.None, 0, LossDirection.Unknown, 123_000))], [], problem);
}
