using System.Net.Sockets;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Probes;

namespace Pingmesh.UnitTests.Controller;

public class MeshYamlTests
{
    private const string Whole = """
        max_peers: 3000
        max_host_rate: 400
        max_uplink_rate: 20000
        max_fleet_rate: 5000000
        rotation: 5m
        graphs:
          - name: tcp
            dscp: 0
          - {name: low, graph: three-levels, dscp: 8, port: 58102, interval: 1m, timeout: 1s, slow: 10ms, inter_dc_hosts: 2, family: ipv6}
          - {name: big, graph: full, scope: dc1/ps1, kind: udp, payload: 1400, dont_fragment: true, source_ports: 40000-40063}
          - {name: regions, graph: regions, region_label: region, region_hosts: 3, kind: icmp}
          - name: sites
            graph: targets
            kind: http
            class: vip
            scope: role=edge
            sources_per_pod: 1
            every_address: true
            targets:
              - https://example.com/health
              - {name: api, address: 'api.example.com:8080'}
              - 10.0.0.1
              - '[fd00::1]:81'
            http: {method: HEAD, headers: {Accept: text/html}, status: ['200-299'], version: '2'}
            tls: {min_days_left: 14, verify: false}
          - {name: names, graph: targets, kind: dns, targets: [10.0.0.53], dns: {name: example.com, type: AAAA, over_tcp: true, min_answers: 2}}
        """;

    [Fact]
    public void Mesh_file_says_everything_a_graph_knows()
    {
        var reading = MeshYaml.Read(Whole, "mesh.yaml", MeshSettings.Default);
        Assert.Empty(reading.Errors);
        var mesh = reading.Settings!;
        Assert.Equal((3_000, 400.0, 20_000.0, 5_000_000.0, TimeSpan.FromMinutes(5)), (mesh.MaxPeers, mesh.MaxHostRate, mesh.MaxUplinkRate, mesh.MaxFleetRate, mesh.Rotation));
        Assert.Equal(["tcp", "low", "big", "regions", "sites", "names"], mesh.Graphs.Select(graph => graph.Name));
        Assert.Equal(MeshGraph.Default with { Name = "tcp" }, mesh.Graphs[0] with { Targets = [] });
        var low = mesh.Graphs[1];
        Assert.Equal((8, 58102, 60.0, 1.0, 10.0, 2), (low.Dscp, low.Port, low.Interval.TotalSeconds, low.Timeout.TotalSeconds, low.SlowThreshold.TotalMilliseconds, low.InterDcHosts));
        Assert.Equal(AddressFamily.InterNetworkV6, low.Family);
        var big = mesh.Graphs[2];
        Assert.Equal((GraphShape.Full, "dc1/ps1", ProbeKind.Udp, 1_400, true, 40_000, 40_063), (big.Shape, big.Scope.Text, big.Kind, big.PayloadBytes, big.DontFragment, big.SourcePortFrom, big.SourcePortTo));
        Assert.Equal(("region", 3, ProbeKind.Icmp), (mesh.Graphs[3].RegionLabel, mesh.Graphs[3].RegionHosts, mesh.Graphs[3].Kind));
        var sites = mesh.Graphs[4];
        Assert.Equal((ProbeClass.Vip, 1, 0, true), (sites.TargetClass, sites.SourcesPerPod, sites.Port, sites.EveryAddress));
        Assert.Equal(
            [
                new StaticTarget("https://example.com/health", "example.com", 443, "/health", true), new StaticTarget("api", "api.example.com", 8080),
                new StaticTarget("10.0.0.1", "10.0.0.1"), new StaticTarget("[fd00::1]:81", "fd00::1", 81),
            ],
            sites.Targets);
        Assert.Equal(("HEAD", "2", "text/html", "200-299", 14, false), (sites.Http!.Method, sites.Http.Version, sites.Http.Headers["Accept"], sites.Http.Status.Single(), sites.Tls!.MinDaysLeft, sites.Tls.Verify));
        Assert.Equal(("example.com", "AAAA", true, 2), (mesh.Graphs[5].Dns!.Name, mesh.Graphs[5].Dns!.Type, mesh.Graphs[5].Dns!.OverTcp, mesh.Graphs[5].Dns!.MinAnswers));
    }

    [Theory]
    [InlineData("graphs: [{name: a, interval: 1s}]", "m.yaml:1:30: 'interval' is 1s, which is out of range")]
    [InlineData("graphs: [{name: a, graph: ring}]", "m.yaml:1:27: 'graph' cannot be 'ring'")]
    [InlineData("graphs: [{name: a, knd: tcp}]", "m.yaml:1:20: unknown key 'knd'; did you mean 'kind'?")]
    [InlineData("graphs: [{name: a, kind: dns}]", "m.yaml:1:10: agents do not answer dns probes")]
    [InlineData("graphs: [{name: a}, {name: a}]", "m.yaml:1:21: two graphs are named 'a'")]
    [InlineData("graphs: [{name: a, scope: a/b/c/d/e}]", "m.yaml:1:27: 'a/b/c/d/e' is no scope")]
    [InlineData("graphs: [{name: a, source_ports: 9-8}]", "m.yaml:1:34: '9-8' is no port")]
    [InlineData("graphs: [{name: a, graph: targets, targets: ['ftp://x/']}]", "m.yaml:1:46: 'ftp://x/' is no URL")]
    [InlineData("graphs: [{name: a, graph: targets, targets: ['a b']}]", "m.yaml:1:46: 'a b' is no target")]
    [InlineData("graphs: [{name: a, graph: targets, kind: dns, targets: [a], dns: {type: B, name: x}}]", "'type' cannot be 'B'")]
    [InlineData("graphs: [{graph: full}]", "key 'name' is missing")]
    [InlineData("graphs: []", "'graphs' is empty")]
    [InlineData("max_peers: 10", "key 'graphs' is missing")]
    [InlineData("max_peers: 0\ngraphs: [{name: a}]", "m.yaml:1:12: 'max_peers' is 0, which is out of range")]
    public void Mistake_is_named_with_its_place_and_remedy(string text, string error)
    {
        var reading = MeshYaml.Read(text, "m.yaml", MeshSettings.Default);
        Assert.Null(reading.Settings);
        Assert.Contains(reading.Errors, found => found.ToString().Contains(error, StringComparison.Ordinal));
    }
}
