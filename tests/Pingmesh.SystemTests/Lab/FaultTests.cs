using System.Globalization;
using System.Text.Json;

namespace Pingmesh.SystemTests.Lab;

/// <summary>
/// Every kind of fault, seen by ping, traceroute and counters: programs that know nothing of this one. The fabric is one
/// of 8 hosts, 4 ToRs, 4 leaves and 2 spines.
/// </summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const string Host = "dc1-ps1-pod1-h1";
    private const string Mate = "10.1.1.2";
    private const string Far = "10.1.3.1";
    private const string Far6 = "fd00:1:3::1";

    private static readonly int[] Ports = [.. Enumerable.Range(41_000, 16)];

    private LabRun lab = null!;

    public async ValueTask InitializeAsync()
    {
        lab = new LabRun("f");
        await lab.DoAsync("up", "--fabric-only");
    }

    public async ValueTask DisposeAsync()
    {
        if (lab is not null) await lab.DisposeAsync();
    }

    [Fact]
    public async Task Healthy_fabric_loses_nothing_and_spreads_flows_over_all_ways_stably()
    {
        foreach (var to in new[] { Mate, Far, Far6, "fd00:1:1::2" }) Assert.Equal(1, (await lab.PingAsync(Host, to, 50)).Answered);
        var paths = new HashSet<string>();
        foreach (var port in Ports)
        {
            var path = await lab.TraceAsync(Host, Far, port);
            Assert.Equal(6, path.Count);
            Assert.Equal(path, await lab.TraceAsync(Host, Far, port));
            paths.Add(string.Join(' ', path.Skip(1).Take(2)));
        }

        // Two leaves and two spines: four ways up, all used by sixteen flows in all but 1 of 100 cases (and always the same).
        Assert.Equal(4, paths.Count);
    }

    [Fact]
    public async Task Random_loss_on_a_switch_loses_its_share_and_counts_it()
    {
        await using var fault = await lab.FaultAsync("random-loss", "--at", "dc1-ps1-pod1-tor", "--percent", "30");

        // Two packets of each ping cross the switch: 0.7 x 0.7. Of 500, 245 +/- 4 standard deviations come back.
        var (answered, _) = await lab.PingAsync(Host, Mate, 500);
        Assert.InRange(answered * 500, 200, 290);
        var list = JsonDocument.Parse(await lab.DoAsync("fault", "list", "--json")).RootElement;
        Assert.Equal(500 - (answered * 500), list[0].GetProperty("dropped_packets").GetInt64(), 0.01);
    }

    [Fact]
    public async Task Random_loss_on_a_link_hurts_what_crosses_it_only()
    {
        await using var fault = await lab.FaultAsync("random-loss", "--at", $"{Host}~dc1-ps1-pod1-tor", "--percent", "100");
        Assert.Equal(0, (await lab.PingAsync(Host, Mate, 5)).Answered);
        Assert.Equal(1, (await lab.PingAsync("dc1-ps1-pod1-h2", Far, 50)).Answered);
        Assert.Equal(1, (await lab.PingAsync("dc1-ps1-pod1-h2", Far6, 50)).Answered);
    }

    [Fact]
    public async Task Pair_black_hole_on_a_spine_takes_the_flows_that_cross_it_and_no_other_pair()
    {
        var before = await SpinesAsync(Far);
        await using var fault = await lab.FaultAsync("blackhole-pairs", "--at", "dc1-spine1", "--from", Host, "--to", "dc1-ps2-pod1-h1");
        foreach (var port in Ports) Assert.Equal(before[port] != "dc1-spine1", await lab.ReachesAsync(Host, Far, port));
        foreach (var port in Ports) Assert.True(await lab.ReachesAsync(Host, "10.1.3.2", port));
    }

    [Fact]
    public async Task Share_black_hole_takes_the_same_pairs_every_time()
    {
        await using var fault = await lab.FaultAsync("blackhole-pairs", "--at", "dc1/spines", "--percent", "40");
        var first = await PairsAsync();
        Assert.Equal(first, await PairsAsync());

        // 32 ordered pairs cross the spines; pings need both directions: 0.6 x 0.6 of 16 pairs come through.
        Assert.InRange(first.Count(reached => reached), 1, 15);
        return;

        async Task<List<bool>> PairsAsync()
        {
            var reached = new List<bool>();
            foreach (var from in new[] { "dc1-ps1-pod1-h1", "dc1-ps1-pod1-h2", "dc1-ps1-pod2-h1", "dc1-ps1-pod2-h2" })
            {
                foreach (var to in new[] { "10.1.3.1", "10.1.3.2", "10.1.4.1", "10.1.4.2" })
                {
                    var (answered, _) = await lab.PingAsync(from, to, 3);
                    Assert.True(answered is 0 or 1, $"{from} to {to}: {answered}");
                    reached.Add(answered > 0);
                }
            }

            return reached;
        }
    }

    [Theory]
    [InlineData("mod 4 = 1")]
    [InlineData("41004-41007")]
    public async Task Source_port_black_hole_takes_exactly_those_ports(string ports)
    {
        await using var fault = await lab.FaultAsync("blackhole-ports", "--at", "dc1-ps1-pod1-tor", "--source-ports", ports);
        foreach (var port in Ports) Assert.Equal(ports[0] == 'm' ? port % 4 != 1 : port is < 41_004 or > 41_007, await lab.ReachesAsync(Host, Far, port));
    }

    [Fact]
    public async Task Share_black_hole_of_five_tuples_takes_the_same_tuples_every_time()
    {
        await using var fault = await lab.FaultAsync("blackhole-ports", "--at", "dc1-ps1-pod1-tor", "--percent", "30");
        var first = new List<bool>();
        foreach (var port in Ports) first.Add(await lab.ReachesAsync(Host, Far, port));
        var second = new List<bool>();
        foreach (var port in Ports) second.Add(await lab.ReachesAsync(Host, Far, port));
        Assert.Equal(first, second);
        Assert.InRange(first.Count(reached => reached), 3, 15);
    }

    [Fact]
    public async Task Prefix_black_hole_takes_its_prefix_only()
    {
        await using var fault = await lab.FaultAsync("blackhole-prefix", "--at", "dc1/spines", "--prefix", "10.1.3.0/24");
        Assert.Equal(0, (await lab.PingAsync(Host, Far, 4)).Answered);
        Assert.Equal(1, (await lab.PingAsync(Host, "10.1.4.1", 20)).Answered);
        Assert.Equal(1, (await lab.PingAsync(Host, Far6, 20)).Answered);
    }

    [Fact]
    public async Task Latency_on_the_ways_up_of_a_pod_adds_what_it_says_each_way()
    {
        var before = (await lab.PingAsync(Host, Far, 30)).MeanMs;
        await using var one = await lab.FaultAsync("latency", "--at", "dc1-ps1-pod1-tor~dc1-ps1-leaf1", "--delay", "5ms");
        await using var other = await lab.FaultAsync("latency", "--at", "dc1-ps1-leaf2~dc1-ps1-pod1-tor", "--delay", "5ms");
        var (answered, mean) = await lab.PingAsync(Host, Far, 50);
        Assert.Equal(1, answered);
        Assert.InRange(mean - before, 9.9, 14);
        Assert.InRange((await lab.PingAsync(Host, Far6, 50, "-s", "1400")).MeanMs - before, 9.9, 14);
        Assert.InRange((await lab.PingAsync(Host, Mate, 50)).MeanMs, 0, 2);

        var overlap = await lab.TryAsync("fault", "add", "latency", "--at", "dc1-ps1-leaf1", "--delay", "1ms");
        Assert.Equal(1, overlap.ExitCode);
        Assert.Contains("clear it first", overlap.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slow_host_answers_late_with_jitter_and_its_mates_do_not()
    {
        await using var fault = await lab.FaultAsync("slow-host", "--at", "dc1-ps1-pod1-h2", "--delay", "3ms", "--jitter", "1ms");
        Assert.InRange((await lab.PingAsync(Host, Mate, 200)).MeanMs, 2.7, 5);
        Assert.InRange((await lab.PingAsync(Host, Far, 50)).MeanMs, 0, 2);
    }

    [Fact]
    public async Task Rate_limit_lets_no_more_through_than_its_rate()
    {
        await using var fault = await lab.FaultAsync("rate-limit", "--at", $"{Host}~dc1-ps1-pod1-tor", "--rate", "1mbit");

        // 1,442 bytes a packet on the wire: 11.5 ms each, and longer behind others, up to the queue of 100 ms.
        var (_, mean) = await lab.PingAsync(Host, Mate, 40, "-s", "1400");
        Assert.InRange(mean, 9, 120);
        Assert.InRange((await lab.PingAsync(Host, Mate, 5, "-s", "56", "-i", "0.2")).MeanMs, 0, 5);
    }

    [Fact]
    public async Task Link_that_is_down_is_gone_around_and_comes_back()
    {
        await using (await lab.FaultAsync("link-down", "--at", "dc1-ps1-leaf1~dc1-spine1"))
        {
            Assert.Equal(1, (await lab.PingAsync(Host, Far, 100)).Answered);
            foreach (var port in Ports) Assert.DoesNotContain(await AddressAsync("dc1-spine1", "ps1-leaf1"), await lab.TraceAsync(Host, Far, port));
        }

        await SettledAsync();
        Assert.Contains("dc1-spine1", (await SpinesAsync(Far)).Values);
    }

    [Fact]
    public async Task Switch_that_is_down_is_crossed_by_nobody_and_comes_back()
    {
        await using (await lab.FaultAsync("switch-down", "--at", "dc1-spine1"))
        {
            Assert.Equal(1, (await lab.PingAsync(Host, Far, 100)).Answered);
            Assert.Equal(1, (await lab.PingAsync(Host, Far6, 100)).Answered);
            Assert.All((await SpinesAsync(Far)).Values, spine => Assert.Equal("dc1-spine2", spine));
        }

        await SettledAsync();
        Assert.Equal(2, (await SpinesAsync(Far)).Values.Distinct().Count());
    }

    [Theory]
    [InlineData("dc1/ps2", Far, "10.1.2.1")]
    [InlineData("dc1/ps2/pod1", Far, "10.1.4.1")]
    [InlineData("dc1/spines", Far, "10.1.2.1")]
    public async Task Power_loss_cuts_off_what_it_is_at_and_no_more(string at, string gone, string there)
    {
        await using (await lab.FaultAsync("power-loss", "--at", at))
        {
            Assert.Equal(0, (await lab.PingAsync(Host, gone, 4)).Answered);
            Assert.Equal(1, (await lab.PingAsync(Host, there, 50)).Answered);
        }

        await SettledAsync();
        Assert.Equal(1, (await lab.PingAsync(Host, Far, 20)).Answered);
        Assert.Equal(1, (await lab.PingAsync(Host, Far6, 20)).Answered);
    }

    [Fact]
    public async Task Host_that_is_down_answers_nobody_and_its_agent_is_taken_off()
    {
        await using (await lab.FaultAsync("host-down", "--at", "dc1-ps1-pod1-h2"))
        {
            Assert.Equal(0, (await lab.PingAsync(Host, Mate, 4)).Answered);
            Assert.Equal(1, (await lab.PingAsync(Host, Far, 50)).Answered);
            var nodes = JsonDocument.Parse(await lab.DoAsync("status", "--json")).RootElement.GetProperty("nodes").EnumerateArray();
            Assert.Equal("dc1-ps1-pod1-h2", Assert.Single(nodes, node => node.GetProperty("is_cut_off").GetBoolean()).GetProperty("name").GetString());
        }

        await SettledAsync();
        Assert.Equal(1, (await lab.PingAsync(Host, Mate, 20)).Answered);
    }

    [Fact]
    public async Task Mtu_fault_loses_packets_above_its_size_and_not_those_of_it()
    {
        await using var fault = await lab.FaultAsync("mtu", "--at", "dc1-ps1-pod1-tor", "--above", "1000");

        // 20 bytes of IP header and 8 of ICMP.
        Assert.Equal(1, (await lab.PingAsync(Host, Mate, 20, "-s", "972")).Answered);
        Assert.Equal(0, (await lab.PingAsync(Host, Mate, 4, "-s", "973")).Answered);
    }

    [Fact]
    public async Task Qos_loss_hurts_its_class_only()
    {
        await using var fault = await lab.FaultAsync("qos-loss", "--at", "dc1-ps1-pod1-tor", "--dscp", "46", "--percent", "100");
        Assert.Equal(0, (await lab.PingAsync(Host, Mate, 4, "-Q", "184")).Answered);
        Assert.Equal(1, (await lab.PingAsync(Host, Mate, 20, "-Q", "32")).Answered);
        Assert.Equal(0, (await lab.PingAsync(Host, "fd00:1:1::2", 4, "-Q", "184")).Answered);
    }

    [Fact]
    public async Task Asymmetry_pins_the_way_up_and_leaves_the_way_back()
    {
        await using var fault = await lab.FaultAsync("asymmetry", "--at", "dc1-ps1-pod1-tor", "--via", "dc1-ps1-leaf2");
        var there = new HashSet<string>();
        var back = new HashSet<string>();
        var into = await AddressAsync("dc1-ps1-leaf2", "pod1");
        foreach (var port in Ports)
        {
            there.Add((await lab.TraceAsync(Host, Far, port))[1]);
            back.Add((await lab.TraceAsync("dc1-ps2-pod1-h1", "10.1.1.1", port))[3]);
        }

        Assert.Equal(into, Assert.Single(there));
        Assert.True(back.Count > 1);
    }

    [Fact]
    public async Task Faults_are_listed_with_one_line_each_and_cleared_together()
    {
        await lab.DoAsync("fault", "add", "mtu", "--at", "dc1-spine1", "--above", "9000");
        await lab.DoAsync("fault", "add", "qos-loss", "--at", "dc1/ps1/leaves", "--dscp", "8", "--percent", "1.5");
        var list = await lab.DoAsync("fault", "list");
        Assert.Contains("packets of more than 9000 bytes (with IP header) are lost at dc1-spine1", list, StringComparison.Ordinal);
        Assert.Contains("each packet of DSCP 8 that enters dc1/ps1/leaves is lost with 1.5 %", list, StringComparison.Ordinal);
        await lab.DoAsync("fault", "clear");
        Assert.Contains("no faults", await lab.DoAsync("fault", "list"), StringComparison.Ordinal);
        Assert.DoesNotContain("pingmesh_", (await lab.ExecAsync("dc1-spine1", "nft", "list", "ruleset")).Output, StringComparison.Ordinal);
        Assert.Contains("there is no fault 'f99'", (await lab.TryAsync("fault", "clear", "f99")).Errors, StringComparison.Ordinal);
    }

    // After links come back a bridge needs a moment more before it forwards.
    private Task SettledAsync() => EndToEnd.Eventually.IsTrueAsync(
        async () => (await lab.PingAsync(Host, Far, 4)).Answered >= 1 && (await lab.PingAsync(Host, Far6, 4)).Answered >= 1, TimeSpan.FromSeconds(10), () => "the fabric has not come back");

    private async Task<Dictionary<int, string>> SpinesAsync(string to)
    {
        var addresses = new Dictionary<string, string>();
        foreach (var spine in new[] { "dc1-spine1", "dc1-spine2" })
        {
            foreach (var leaf in new[] { "ps1-leaf1", "ps1-leaf2" }) addresses[await AddressAsync(spine, leaf)] = spine;
        }

        var spines = new Dictionary<int, string>();
        foreach (var port in Ports) spines[port] = addresses[(await lab.TraceAsync(Host, to, port))[2]];
        return spines;
    }

    private async Task<string> AddressAsync(string node, string link)
    {
        var run = await lab.ExecAsync(node, "ip", "-j", "-4", "addr", "show", "dev", link);
        return JsonDocument.Parse(run.Output).RootElement[0].GetProperty("addr_info")[0].GetProperty("local").GetString()!.ToString(CultureInfo.InvariantCulture);
    }
}
