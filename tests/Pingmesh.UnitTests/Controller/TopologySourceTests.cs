using System.Net;
using Pingmesh.Controller.Sources;
using Pingmesh.Controller.Topologies;
using Pingmesh.UnitTests.Agent;

namespace Pingmesh.UnitTests.Controller;

public sealed class TopologySourceTests : IDisposable
{
    private static readonly Dictionary<string, IPAddress[]> Names = new() { ["node7"] = [IPAddress.Parse("10.0.0.7")] };

    private readonly TemporaryFolder folder = new();
    private readonly VirtualTime time = new();
    private readonly RecordingLogger log = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Csv_gives_hosts_their_place_and_labels()
    {
        var (hosts, errors) = TopologyCsv.Read("host,address,dc,podset,pod,role\n# a remark\nh1,10.0.0.1 fd00::1,dc1,ps1,pod1,\"web, front\"\nh2 , 10.0.0.2,dc1,,,\n", "t.csv");
        Assert.Empty(errors);
        Assert.Equal(["h1 dc1/ps1/pod1 10.0.0.1,fd00::1 role=web, front", "h2 dc1/all/all 10.0.0.2 "], hosts!.Select(Text));
    }

    [Theory]
    [InlineData("", "t.csv:1:1: the file is empty")]
    [InlineData("name,address\n", "t.csv:1:1: column 'host' is missing")]
    [InlineData("host,address,pod,pod\n", "t.csv:1:1: column 'pod' is there 2 times")]
    [InlineData("host,address\nh1,10.0.0.300\n", "t.csv:2:1: address '10.0.0.300' of host 'h1' is not an IP address")]
    [InlineData("host,address\n\nh1\n", "t.csv:3:1: host 'h1' has no address")]
    [InlineData("host,address\na b,10.0.0.1\n", "t.csv:2:1: 'a b' is no valid name")]
    [InlineData("host,address\nh1,10.0.0.1\nh1,10.0.0.2\n", "t.csv:3:1: host 'h1' is already in line 2")]
    [InlineData("host,address\nh1,10.0.0.1\nh2,10.0.0.1\n", "t.csv:3:1: address 10.0.0.1 of host 'h2' is already that of host 'h1'")]
    [InlineData("host,address\nh1,10.0.0.1,more\n", "t.csv:2:1: the line has 3 fields, the header 2")]
    public void Mistake_in_csv_is_named_with_its_line(string text, string error)
    {
        var (hosts, errors) = TopologyCsv.Read(text, "t.csv");
        Assert.Null(hosts);
        Assert.Contains(errors, found => found.ToString().StartsWith(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""[{"targets": ["10.0.0.1:9100", "[fd00::2]:9100", "node7:9100", "gone:1"], "labels": {"region": "eu west", "rack": "r1", "__meta_x": "y", "os": "linux"}}]""")]
    [InlineData("- targets: ['10.0.0.1:9100', '[fd00::2]:9100', 'node7:9100', 'gone:1']\n  labels:\n    region: eu west\n    rack: r1\n    __meta_x: y\n    os: linux\n")]
    public void Service_discovery_documents_are_read_with_their_labels_mapped(string text)
    {
        var (hosts, errors) = new ServiceDiscovery(LabelMapping.Parse("dc=region, pod=rack"), Resolve).Read(text, "sd");
        Assert.Empty(errors);
        Assert.Equal(
            ["10.0.0.1 eu-west/all/r1 10.0.0.1 os=linux", "fd00::2 eu-west/all/r1 fd00::2 os=linux", "node7 eu-west/all/r1 10.0.0.7 os=linux"], hosts!.Select(Text));
    }

    [Theory]
    [InlineData("{}", "sd:1:1: the text must be a list")]
    [InlineData("", "sd:1:1: the text must be a list")]
    [InlineData("""[{"labels": {}}]""", "sd:1:2: key 'targets' is missing")]
    [InlineData("""[{"target": []}]""", "sd:1:3: unknown key 'target'; did you mean 'targets'?")]
    public void What_is_no_service_discovery_document_is_refused(string text, string error)
    {
        var (hosts, errors) = new ServiceDiscovery(new LabelMapping(), Resolve).Read(text, "sd");
        Assert.Null(hosts);
        Assert.Contains(errors, found => found.ToString().StartsWith(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dc")]
    [InlineData("dc=")]
    [InlineData("rack=r")]
    public void What_is_no_label_mapping_is_refused(string text) => Assert.Throws<FormatException>(() => LabelMapping.Parse(text));

    [Fact]
    public void Earlier_source_goes_first_and_what_cannot_be_taken_in_is_logged_once()
    {
        var yaml = Write("t.yaml", "dcs: [{name: a, hosts: [{name: h1, address: 10.0.0.1}]}]");
        var csv = Write("t.csv", "host,address,dc\nh1,10.0.0.9,b\nh2,10.0.0.1,b\nh3,10.0.0.3,b\n");
        using var sources = Open(yaml, csv);
        Assert.Equal(["h1 a/all/all 10.0.0.1 ", "h3 b/all/all 10.0.0.3 "], sources.Current.Hosts.Select(host => Text(HostEntry.Of(host))));
        Assert.Single(log.Lines, line => line.Contains("1 entries are left out", StringComparison.Ordinal) && line.Contains("address 10.0.0.1 of host 'h2'", StringComparison.Ordinal));

        var changes = new List<TopologyDiff>();
        sources.Changed += changes.Add;
        File.WriteAllText(yaml, "dcs: [{name: a, hosts: [{name: h2, address: 10.0.0.2}]}]");
        Poll();
        Assert.Equal(["h2", "h1", "h3"], sources.Current.Hosts.Select(host => host.Name));
        Assert.Equal("b", sources.Current.FindHost("h1")!.Pod.Podset.Dc.Name);
        Assert.Equal((1, 1), (changes.Single().Added.Count, changes.Single().Moved.Count));
        Assert.Contains("3 hosts: 1 added (h2), 0 removed, 1 moved (h1)", log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_service_is_asked_again_and_again_and_while_it_fails_the_hosts_stay()
    {
        using var server = new ScriptedServer();
        server.Answer = _ => ScriptedServer.Response("200 OK", "", """[{"targets": ["10.0.0.1:1"], "labels": {"dc": "a"}}]""");
        using var http = new HttpClient();
        var documents = new ServiceDiscovery(new LabelMapping(), Resolve);
        using var source = new PolledSource("http", new HttpDiscovery(http, new Uri($"http://127.0.0.1:{server.Port}/t"), documents).AskAsync, TimeSpan.FromMilliseconds(20), TimeProvider.System, log);
        await Until(() => source.Hosts.Count == 1);
        server.Answer = _ => ScriptedServer.Response("500 Oh", "");
        await Until(() => log.Lines.Any(line => line.Contains("HTTP 500", StringComparison.Ordinal)));
        server.Answer = _ => ScriptedServer.Response("200 OK", "", "no list");
        await Until(() => log.Lines.Any(line => line.Contains("must be a list", StringComparison.Ordinal)));
        Assert.Single(source.Hosts);
        server.Answer = _ => ScriptedServer.Response("200 OK", "", "[]");
        await Until(() => source.Hosts.Count == 0);
        Assert.Contains(log.Lines, line => line.Contains("can be used again", StringComparison.Ordinal));
        Assert.Single(log.Lines, line => line.Contains("HTTP 500", StringComparison.Ordinal));
    }

    [Fact]
    public void Agents_that_tell_of_themselves_join_leave_when_silent_and_are_the_same_when_they_come_back()
    {
        using var agents = Agents();
        using var sources = new TopologySources([agents], log);
        agents.Record("h2", [IPAddress.Parse("10.0.0.2")], Labels("b", "p1"));
        agents.Record("h1", [IPAddress.Parse("10.0.0.1")], Labels("a", "p1"));
        Assert.Empty(sources.Current.Hosts);
        Poll();
        Assert.Equal(["h1 a/all/p1 10.0.0.1 os=x", "h2 b/all/p1 10.0.0.2 os=x"], sources.Current.Hosts.Select(host => Text(HostEntry.Of(host))));
        var version = sources.Current.Version;

        time.Advance(TimeSpan.FromMinutes(50));
        agents.Record("h1", [IPAddress.Parse("10.0.0.1")], Labels("a", "p1"));
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(["h1"], sources.Current.Hosts.Select(host => host.Name));
        Assert.Null(agents.SeenAt("h2"));
        agents.Record("h2", [IPAddress.Parse("10.0.0.2")], Labels("b", "p1"));
        Poll();
        Assert.Equal(version, sources.Current.Version);
    }

    [Fact]
    public void Restart_and_another_copy_know_the_same_agents_in_the_same_order()
    {
        using (var agents = Agents())
        {
            foreach (var i in new[] { 3, 1, 2 }) agents.Record($"h{i}", [IPAddress.Parse($"10.0.0.{i}")], Labels("a", "p"));
            Poll();
        }

        // A server that was down for days has not heard of anybody; its mesh is not empty for that.
        time.Advance(TimeSpan.FromDays(3));
        using var again = Agents();
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(["h1", "h2", "h3"], again.Hosts.Select(host => host.Name));
        again.Record("h2", [IPAddress.Parse("10.0.0.2")], Labels("a", "p"));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(["h2"], again.Hosts.Select(host => host.Name));
        File.WriteAllText(Path.Combine(folder.Path, "agents.json"), "{");
        Assert.Contains("remove it", Assert.Throws<IOException>(Agents).Message, StringComparison.Ordinal);
    }

    private static IPAddress[] Resolve(string name) => Names.GetValueOrDefault(name) ?? [];

    private static Dictionary<string, string> Labels(string dc, string pod) => new() { ["dc"] = dc, ["pod"] = pod, ["os"] = "x" };

    private static string Text(HostEntry host) =>
        $"{host.Name} {host.Dc}/{host.Podset}/{host.Pod} {string.Join(',', host.Addresses)} {string.Join(' ', host.Labels.Select(label => $"{label.Key}={label.Value}"))}";

    private static async Task Until(Func<bool> holds)
    {
        for (var i = 0; i < 500 && !holds(); i++) await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.True(holds());
    }

    private RegisteredAgents Agents() => new(Path.Combine(folder.Path, "agents.json"), new LabelMapping(), TimeSpan.FromHours(1), time, log);

    private TopologySources Open(params string[] files) => new([.. files.Select(file => new FileSource(file, TopologyFiles.Read, time, log))], log);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    private void Poll()
    {
        for (var i = 0; i < 3; i++) time.Advance(FollowedFile.DefaultPollInterval);
    }
}
