using System.Collections.Concurrent;
using System.Net;
using Pingmesh.Controller.Sources;
using Pingmesh.Controller.Sources.Kubernetes;
using Pingmesh.UnitTests.Agent;

namespace Pingmesh.UnitTests.Controller;

/// <summary>A small API server that answers what the documented one does.</summary>
public sealed class KubernetesSourceTests : IDisposable
{
    private readonly ScriptedServer server = new();
    private readonly RecordingLogger log = new();
    private readonly ConcurrentDictionary<string, string> answers = new();
    private readonly TemporaryFolder folder = new();

    public KubernetesSourceTests()
    {
        server.Answer = request =>
        {
            if (!request.Headers.Contains("Authorization: Bearer t0ken\r\n", StringComparison.OrdinalIgnoreCase)) return ScriptedServer.Response("401 Unauthorized");
            var key = request.Path.Replace("&allowWatchBookmarks=true&timeoutSeconds=300", "", StringComparison.Ordinal).Replace("limit=500", "list", StringComparison.Ordinal);
            return answers.TryGetValue(key, out var body)
                ? body.StartsWith("HTTP ", StringComparison.Ordinal) ? ScriptedServer.Response(body[5..]) : ScriptedServer.Response("200 OK", "", body)
                : ScriptedServer.Response("200 OK");
        };
    }

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Nodes_that_run_an_agent_are_hosts_at_the_pods_addresses_where_the_nodes_labels_say()
    {
        answers["/api/v1/nodes?list"] = List("10", "next page", Node("n1", "eu", "a", "r1"), Node("n2", "eu", "b", "r7"));
        answers["/api/v1/nodes?list&continue=next%20page"] = List("10", null, Node("n3", "us", "c", null));
        answers["/api/v1/pods?list&labelSelector=app%3Dpingmesh-agent"] = List(
            "20", null, Pod("p1", "n1", "Running", "10.1.0.1", "fd00::1"), Pod("p3", "n3", "Running", "10.1.0.3"), Pod("p4", null, "Pending"), Pod("p5", "n2", "Failed", "10.1.0.5"));
        using var source = Open("app=pingmesh-agent");
        await Until(() => source.Hosts.Count == 2);
        Assert.Equal(["n1 eu/a/r1 10.1.0.1 fd00::1", "n3 us/c/all 10.1.0.3"], source.Hosts.Select(Text));
        Assert.Equal("linux", source.Hosts[0].Labels["kubernetes.io/os"]);
    }

    [Fact]
    public async Task Watch_is_taken_up_where_it_ended_and_an_old_version_begins_with_a_new_list()
    {
        answers["/api/v1/nodes?list"] = List("10", null, Node("n1", "eu", "a", "r1"));
        answers["/api/v1/nodes?watch=1&resourceVersion=10"] =
            Event("ADDED", Node("n2", "eu", "a", "r1", "11")) + Event("BOOKMARK", """{"kind":"Node","metadata":{"resourceVersion":"12"}}""");
        answers["/api/v1/nodes?watch=1&resourceVersion=12"] = Event("MODIFIED", Node("n1", "us", "a", "r1", "13")) + Event("DELETED", Node("n2", "eu", "a", "r1", "14"));
        using var source = Open("");
        var changes = 0;
        source.Changed += () => Interlocked.Increment(ref changes);
        await Until(() => source.Hosts.Count == 1 && source.Hosts[0].Dc == "us");
        Assert.True(changes > 0);

        // A version that is too old is told in the stream or at once; both lead to a list.
        answers["/api/v1/nodes?list"] = List("40", null, Node("n9", "eu", "a", "r1"));
        answers["/api/v1/nodes?watch=1&resourceVersion=14"] = Event("ERROR", """{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}""");
        await Until(() => source.Hosts.Count == 1 && source.Hosts[0].Name == "n9");
        answers["/api/v1/nodes?list"] = List("50", null);
        answers["/api/v1/nodes?watch=1&resourceVersion=40"] = "HTTP 410 Gone";
        await Until(() => source.Hosts.Count == 0);
        Assert.DoesNotContain(log.Lines, line => line.Contains("cannot be used", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_api_fails_or_talks_nonsense_the_hosts_stay()
    {
        answers["/api/v1/nodes?list"] = List("10", null, Node("n1", "eu", "a", "r1"));
        using var source = Open("");
        await Until(() => source.Hosts.Count == 1);
        foreach (var nonsense in new[] { "HTTP 500 Oh", "[]", "nonsense", "{\"type\":7}", Event("ADDED", "7"), Event("ERROR", "{\"code\":500,\"message\":\"etcd\"}") })
        {
            answers["/api/v1/nodes?watch=1&resourceVersion=10"] = nonsense;
            var before = server.Requests.Count;
            await Until(() => server.Requests.Count > before + 1);
            Assert.Single(source.Hosts);
        }

        answers["/api/v1/nodes?watch=1&resourceVersion=10"] = Event("DELETED", Node("n1", "eu", "a", "r1", "11"));
        await Until(() => source.Hosts.Count == 0);
        Assert.Contains(log.Lines, line => line.Contains("etcd", StringComparison.Ordinal));
    }

    [Fact]
    public void Outside_of_a_cluster_in_cluster_is_refused_with_a_remedy() =>
        Assert.Contains("give the API server's address", Assert.Throws<IOException>(KubernetesApi.InCluster).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Dns_service_gives_the_hosts_it_names_in_a_data_center_named_after_its_domain()
    {
        var service = new DnsService(
            "_pingmesh._tcp.dc1.example.com.",
            (name, _) => Task.FromResult<(IReadOnlyList<string>, string?)>(name == "_pingmesh._tcp.dc1.example.com." ? (["a.example.com", "gone.example.com"], null) : ([], "no such name")),
            (name, _) => Task.FromResult<IReadOnlyList<IPAddress>>(name == "a.example.com" ? [IPAddress.Parse("10.0.0.1")] : []));
        Assert.Equal(["a.example.com dc1.example.com/all/all 10.0.0.1"], (await service.AskAsync(TestContext.Current.CancellationToken)).Select(Text));
        var missing = new DnsService("_x._tcp.y", (_, _) => Task.FromResult<(IReadOnlyList<string>, string?)>(([], "no such name")), (_, _) => Task.FromResult<IReadOnlyList<IPAddress>>([]));
        Assert.Equal("no such name", (await Assert.ThrowsAsync<SourceException>(() => missing.AskAsync(TestContext.Current.CancellationToken))).Message);
    }

    private static string List(string version, string? next, params string[] items) =>
        $$"""{"kind":"List","metadata":{"resourceVersion":"{{version}}"{{(next is null ? "" : $",\"continue\":\"{next}\"")}}},"items":[{{string.Join(',', items)}}]}""";

    private static string Event(string type, string item) => $$"""{"type":"{{type}}","object":{{item}}}""" + "\n";

    private static string Node(string name, string region, string zone, string? rack, string version = "1") =>
        $$$"""{"metadata":{"name":"{{{name}}}","resourceVersion":"{{{version}}}","labels":{"topology.kubernetes.io/region":"{{{region}}}","topology.kubernetes.io/zone":"{{{zone}}}",{{{(rack is null ? "" : $"\"topology.kubernetes.io/rack\":\"{rack}\",")}}}"kubernetes.io/os":"linux"}},"status":{"addresses":[{"type":"InternalIP","address":"10.0.0.{{{name[1..]}}}"},{"type":"Hostname","address":"{{{name}}}"}]}}""";

    private static string Pod(string name, string? node, string phase, params string[] addresses) =>
        $$$"""{"metadata":{"namespace":"pingmesh","name":"{{{name}}}","resourceVersion":"1"},"spec":{{{{(node is null ? "" : $"\"nodeName\":\"{node}\"")}}}},"status":{"phase":"{{{phase}}}"{{{(addresses.Length == 0 ? "" : $",\"podIP\":\"{addresses[0]}\"")}}},"podIPs":[{{{string.Join(',', addresses.Select(address => $"{{\"ip\":\"{address}\"}}"))}}}]}}""";

    private static string Text(HostEntry host) => $"{host.Name} {host.Dc}/{host.Podset}/{host.Pod} {string.Join(' ', host.Addresses)}";

    private static async Task Until(Func<bool> holds)
    {
        for (var i = 0; i < 2_000 && !holds(); i++) await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.True(holds());
    }

    private KubernetesSource Open(string selector)
    {
        var token = Path.Combine(folder.Path, "token");
        File.WriteAllText(token, "t0ken\n");
        return new(new KubernetesApi(new Uri($"http://127.0.0.1:{server.Port}"), token, null), selector, KubernetesSource.DefaultLabels, TimeProvider.System, log);
    }
}
