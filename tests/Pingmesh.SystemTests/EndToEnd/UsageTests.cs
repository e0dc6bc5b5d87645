namespace Pingmesh.SystemTests.EndToEnd;

public sealed class UsageTests
{
    [Theory]
    [InlineData(2, "--tls-cert and --tls-key go together", "server", "--tls-cert", "x")]
    [InlineData(1, "nope.yaml:1:1", "server", "--topology", "nope.yaml", "--listen", "127.0.0.1:1", "--data", "/tmp/pingmesh-usage-test")]
    [InlineData(2, "'--topolgy'", "server", "--topolgy", "x")]
    [InlineData(2, "--listen: 'here' is no ADDRESS:PORT", "server", "--listen", "here", "--topology", "examples/topology.yaml")]
    [InlineData(2, "--interval: 5s is out of range", "demo", "--interval", "5s")]
    [InlineData(2, "--duration", "demo", "--json")]
    [InlineData(2, "--server is missing", "agent")]
    [InlineData(2, "is no server address", "agent", "--server", "ftp://x")]
    [InlineData(1, "did you mean 'dc1-ps1-pod1-h01'?", "pinglist", "--topology", "examples/topology.yaml", "dc1-ps1-pod1-h0")]
    [InlineData(1, "cannot be reached", "sla", "--server", "http://127.0.0.1:1")]
    [InlineData(2, "--last", "heatmap", "--last", "soon")]
    [InlineData(2, "--clickhouse-url is missing", "store", "migrate")]
    [InlineData(2, "give the name of their cluster", "store", "migrate", "--clickhouse-url", "http://127.0.0.1:1,http://127.0.0.1:2")]
    [InlineData(1, "127.0.0.1:1", "store", "migrate", "--clickhouse-url", "http://127.0.0.1:1")]
    [InlineData(2, "is too long", "server", "--lateness", "9d", "--topology", "examples/topology.yaml", "--data", "/tmp/pingmesh-usage-test")]
    [InlineData(2, "is no size", "server", "--store-max-size", "5", "--topology", "examples/topology.yaml", "--data", "/tmp/pingmesh-usage-test")]
    [InlineData(2, "say whose trouble it is", "verdict")]
    [InlineData(2, "'--to' is required", "test", "--from", "a")]
    [InlineData(2, "'ntp' not recognized", "test", "--from", "a", "--to", "b", "--kind", "ntp")]
    [InlineData(2, "--count: 21 is out of range", "test", "--from", "a", "--to", "b", "--count", "21")]
    [InlineData(2, "not of icmp", "test", "--from", "a", "--to", "b", "--kind", "icmp", "--trace")]
    [InlineData(2, "a test has at most 64 flows", "test", "--from", "a", "--to", "b", "--sport", "1000-1100")]
    [InlineData(2, "--wait: 2m is out of range", "test", "--from", "a", "--to", "b", "--wait", "2m")]
    [InlineData(2, "--limit", "audit", "--limit", "0")]
    [InlineData(1, "no such file", "backup", "/tmp/pingmesh-usage-test.db", "--data", "/tmp/pingmesh-nowhere")]
    [InlineData(2, "more than its /24", "lab", "up", "--hosts", "254")]
    [InlineData(2, "--interval: 5s is out of range", "lab", "up", "--interval", "5s")]
    [InlineData(1, "is not up", "lab", "fault", "list", "--name", "usage-test")]
    [InlineData(2, "--percent: 0 is out of range", "lab", "fault", "add", "random-loss", "--at", "x", "--percent", "0", "--name", "usage-test")]
    [InlineData(2, "is no set of ports", "lab", "fault", "add", "blackhole-ports", "--at", "x", "--source-ports", "a", "--name", "usage-test")]
    [InlineData(1, "is no name for a lab", "lab", "down", "--name", "a/b")]
    [InlineData(2, "keep one", "simulate", "--server", "http://127.0.0.1:1", "--data", "/tmp/pingmesh-usage-test")]
    [InlineData(2, "--start: 'soon' is no time", "simulate", "--start", "soon")]
    [InlineData(1, "nope.yaml:1:1", "simulate", "--faults", "nope.yaml")]
    [InlineData(2, "--host-failures", "simulate", "--host-failures", "-1")]
    public async Task Wrong_usage_is_told_on_stderr_with_an_exit_code(int exitCode, string message, params string[] arguments)
    {
        var run = await CommandRun.RunAsync(arguments);
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_has_help_with_an_example()
    {
        foreach (var command in new[] { "demo", "server", "agent", "pinglist", "sla", "heatmap", "topology check", "topology show", "config check", "pinglist plan", "coverage", "pause", "resume", "agents", "agents revoke", "key new", "latency", "worst", "verdict", "guard start", "guard check", "test", "audit", "alerts test", "incidents", "incidents show", "incidents acknowledge", "incidents silence", "incidents unsilence", "incidents comment", "backup", "store migrate", "lab up", "lab status", "lab exec", "lab down", "lab fault add", "lab fault list", "lab fault clear", "lab fault kinds", "simulate" })
        {
            var run = await CommandRun.RunAsync([.. command.Split(' '), "--help"]);
            Assert.Equal(0, run.ExitCode);
            Assert.Contains($"Example: pingmesh {command}", run.Output, StringComparison.Ordinal);
        }
    }
}
