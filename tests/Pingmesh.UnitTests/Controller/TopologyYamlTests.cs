using System.Diagnostics;
using System.Net;
using Pingmesh.Controller.Topologies;
using Pingmesh.Core.Topologies;

namespace Pingmesh.UnitTests.Controller;

public class TopologyYamlTests
{
    private const string TenThousand =
        """
        dcs:
          - name: dc[1-2]
            labels: {region: eu, tier: "{dc}"}
            podsets:
              - name: ps[1-10]
                labels: {tier: "{dc}-{podset}"}
                pods:
                  - name: pod[1-25]
                    hosts:
                      - name: "{dc}-{podset}-{pod}-h[01-20]"
                        address: "10.{dc.n}.{(podset.n-1)*25+pod.n}.{host.n}"
                        labels: {rack: "r{pod.n}"}
        """;

    [Fact]
    public void Ten_thousand_hosts_in_a_few_lines_are_read_within_a_second()
    {
        Read(TenThousand);
        var start = Stopwatch.GetTimestamp();
        var topology = Read(TenThousand);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal((2, 500, 10_000), (topology.Dcs.Count, topology.Pods.Count, topology.Hosts.Count));
        var host = topology.FindHost("dc2-ps3-pod7-h05")!;
        Assert.Equal("dc2/ps3/pod7", host.Pod.Path);
        Assert.Equal(4, host.Index);
        Assert.Equal(IPAddress.Parse("10.2.57.5"), Assert.Single(host.Addresses));
        Assert.Equal(
            new Dictionary<string, string> { ["region"] = "eu", ["tier"] = "dc2-ps3", ["rack"] = "r7" }, host.Labels.ToDictionary());
    }

    [Fact]
    public void IPv6_templates_hexadecimal_padding_and_several_addresses_work()
    {
        var topology = Read(
            """
            dcs:
              - name: dc[10-11]
                podsets:
                  - name: ps1
                    pods:
                      - name: pod[001-002]
                        hosts:
                          - name: "{pod}-h[9-12].{dc}"
                            addresses: ["10.{dc.n}.{pod.n}.{host.n}", "fd00:{dc.n:x}:{podset.n}:{pod.n:04x}::{host.n}"]
                            labels: {n: "{host.n:03}", brace: "{{x}}"}
            """);
        var host = topology.FindHost("pod002-h12.dc11")!;
        Assert.Equal(["10.11.2.12", "fd00:b:1:2::12"], host.Addresses.Select(address => address.ToString()));
        Assert.Equal("012", host.Labels["n"]);
        Assert.Equal("{x}", host.Labels["brace"]);
        Assert.Equal("dc11/ps1/pod002", host.Pod.Path);
    }

    [Fact]
    public void Entries_without_a_range_are_numbered_by_their_position()
    {
        var topology = Read(
            """
            dcs:
              - name: east
                podsets:
                  - {name: "a[1-3]", pods: [{name: p, hosts: [{name: "{podset}-x", address: "10.{dc.n}.{podset.n}.1"}]}]}
                  - {name: extra, pods: [{name: p, hosts: [{name: "{podset}-x", address: "10.{dc.n}.{podset.n}.1"}]}]}
              - name: west
                podsets:
                  - {name: b, pods: [{name: p, hosts: [{name: w, address: "10.{dc.n}.{podset.n}.{host.n}"}]}]}
            """);
        Assert.Equal("10.1.4.1", topology.FindHost("extra-x")!.Addresses[0].ToString());
        Assert.Equal("10.2.1.1", topology.FindHost("w")!.Addresses[0].ToString());
    }

    [Fact]
    public void Flat_dc_gets_an_implicit_podset_and_pod()
    {
        var topology = Read(
            """
            dcs:
              - name: zone-a
                hosts:
                  - {name: "a[1-3]", address: "10.0.0.{host.n}"}
              - name: zone-b
                pods:
                  - name: rack[1-2]
                    hosts:
                      - {name: "b{pod.n}-[1-2]", address: "10.1.{pod.n}.{host.n}"}
            """);
        Assert.Equal(["zone-a/all/all", "zone-b/all/rack1", "zone-b/all/rack2"], topology.Pods.Select(pod => pod.Path));
        Assert.Equal(3, topology.Pods[0].Hosts.Count);
    }

    [Fact]
    public void Empty_list_of_dcs_is_an_empty_topology() => Assert.Equal(Topology.Empty.Version, Read("dcs: []").Version);

    [Theory]
    [InlineData("", "t.yaml:1:1: key 'dcs' is missing; add 'dcs: ...' to the mapping that begins here")]
    [InlineData("dcs: {name: a}", "t.yaml:1:6: 'dcs' must be a list, not a mapping; write '- ...' lines under it")]
    [InlineData("dcs: [{name: a, podset: []}]",
        "t.yaml:1:7: a dc has no 'podsets', 'pods', 'hosts'; give it one of these lists",
        "t.yaml:1:17: unknown key 'podset'; did you mean 'podsets'?")]
    [InlineData("dcs: [{name: a, hosts: []}]", "t.yaml:1:24: 'hosts' is empty; list at least one host")]
    [InlineData("dcs: [{name: a, hosts: [{name: h, address: 10.0.0.1}], pods: [{name: p, hosts: [{name: i, address: 10.0.0.2}]}]}]",
        "t.yaml:1:7: a dc has both 'pods' and 'hosts'; keep one, or make two entries of it")]
    [InlineData("dcs: [{hosts: [{name: h, address: 10.0.0.1}]}]", "t.yaml:1:7: key 'name' is missing; add 'name: ...' to the mapping that begins here")]
    [InlineData("dcs: [{name: a, hosts: [{name: h}]}]", "t.yaml:1:25: a host has no address; add 'address: 10.0.0.1', or 'addresses: [...]' for several")]
    [InlineData("dcs: [{name: a, hosts: [{name: h, address: 10.0.0.1, addresses: [10.0.0.2]}]}]",
        "t.yaml:1:25: a host has both 'address' and 'addresses'; put all of them into 'addresses'")]
    [InlineData("dcs: [{name: a, hosts: [{name: h, addresses: []}]}]", "t.yaml:1:46: 'addresses' is empty; list at least one address")]
    [InlineData("dcs: [{name: a b, hosts: [{name: h, address: 10.0.0.1}]}]", "t.yaml:1:14: dc 'a b' has an impossible name; use " + ScopeName.Rule)]
    public void Read_refuses_a_wrong_structure(string text, params string[] errors) => AssertErrors(text, errors);

    [Theory]
    [InlineData("h[1-2]x[1-2]", "'h[1-2]x[1-2]' has more than one range; keep one, since an entry has one number")]
    [InlineData("h[1-2", "'h[1-2' has a '[' without a ']'; write a range as [1-20]")]
    [InlineData("h1-2]", "'h1-2]' has a ']' without a '['; write a range as [1-20]")]
    [InlineData("h[a-b]", "'[a-b]' is no range; write two whole numbers with '-' between them, such as [1-20] or [01-20]")]
    [InlineData("h[5-3]", "'[5-3]' runs backwards; write the smaller number first")]
    [InlineData("h[1-020]", "'[1-020]' pads its end but not its beginning alike; write both with the same number of digits")]
    [InlineData("{host}", "'{host}' refers to '{host}', which has no name yet here; use dc.n, podset.n, pod.n, host.n or the names of the levels above")]
    [InlineData("h{rack}", "'{rack}' refers to 'rack'; use dc.n, podset.n, pod.n, host.n, or a single name such as {dc}")]
    [InlineData("h{dc.n", "'h{dc.n' has a '{' without a '}' after it; close it, or write '{{' for the character itself")]
    [InlineData("h}", "'h}' has a '}' without a '{' before it; write '}}' for the character itself")]
    [InlineData("h{}", "'h{}' has empty braces; write a name such as {dc} or a number such as {dc.n}")]
    [InlineData("h{dc.n+}", "'{dc.n+}' ends too early; complete the expression")]
    [InlineData("h{(dc.n}", "'{(dc.n}' lacks a ')'; close the parenthesis")]
    [InlineData("h{dc.n^2}", "'{dc.n^2}' has an unexpected '^'; use numbers, dc.n, podset.n, pod.n, host.n, + - * / % and parentheses")]
    [InlineData("h{dc.n:q}", "'h{dc.n:q}' has the unknown format 'q'; use x (hexadecimal), 03 (three digits) or 04x")]
    [InlineData("h{1/(dc.n-1)}", "'{1/(dc.n-1)}' divides by zero; correct the arithmetic")]
    [InlineData("h{dc.n-2}", "'{dc.n-2}' gives -1; correct the arithmetic so that it is never negative")]
    [InlineData("h{99999*99999*99999*99999}", "'{99999*99999*99999*99999}' gives too large a number; correct the arithmetic")]
    public void Read_refuses_a_wrong_pattern(string name, string error) =>
        AssertErrors($"dcs:\n- name: a\n  hosts:\n  - name: '{name}'\n    address: 10.0.0.1", [$"t.yaml:4:11: {error}"]);

    [Fact]
    public void Error_of_an_address_names_the_host_it_came_out_for_and_the_line_of_its_name() =>
        AssertErrors(
            """
            dcs:
              - name: a
                hosts:
                  - name: x[255-259]
                    address: "10.1.{host.n}.3"
            """,
            [
                "t.yaml:5:18: host 'x256' (from line 4): address 10.1.256.3 is not an IP address; write four numbers from 0 to 255, or an IPv6 address",
                "t.yaml:5:18: host 'x257' (from line 4): address 10.1.257.3 is not an IP address; write four numbers from 0 to 255, or an IPv6 address",
                "t.yaml:5:18: host 'x258' (from line 4): address 10.1.258.3 is not an IP address; write four numbers from 0 to 255, or an IPv6 address",
                "t.yaml:5:18: and 1 more from this pattern; correct the pattern",
            ]);

    [Theory]
    [InlineData("10.1")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.1:80")]
    [InlineData("10.0.0.1/24")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]:80")]
    [InlineData("host.example")]
    public void Address_must_be_written_in_full(string address) =>
        AssertErrors(
            $"dcs: [{{name: a, hosts: [{{name: h, address: '{address}'}}]}}]",
            [$"t.yaml:1:44: host 'h' (from line 1): address {address} is not an IP address; write four numbers from 0 to 255, or an IPv6 address"]);

    [Fact]
    public void Names_and_addresses_that_meet_are_refused() =>
        AssertErrors(
            """
            dcs:
              - name: dc[1-2]
                hosts:
                  - {name: "{dc}-h", address: "10.0.{dc.n}.1"}
              - name: dc2
                hosts:
                  - {name: other, address: 10.0.9.9}
              - name: dc3
                hosts:
                  - {name: dc1-h, address: 10.0.3.1}
                  - {name: z, address: 10.0.1.1}
            """,
            [
                "t.yaml:5:11: two dcs are named 'dc2'; rename one, or put their contents into one entry",
                "t.yaml:10:16: two hosts are named 'dc1-h'; correct the name or the address of the entry that begins here",
                "t.yaml:11:16: address 10.0.1.1 of host 'z' is already that of host 'dc1-h'; correct the name or the address of the entry that begins here",
            ]);

    [Fact]
    public void Expansion_is_bounded_before_it_begins() =>
        AssertErrors(
            "dcs:\n- name: dc[1-100000000]\n  hosts:\n  - {name: 'h[1-100000000]', address: 10.0.0.1}",
            ["t.yaml:2:9: the ranges make 10,000,000,000,000,000 hosts; shorten them to 1,000,000 in all"]);

    [Fact]
    public void A_million_wrong_hosts_give_a_few_errors_soon()
    {
        var start = Stopwatch.GetTimestamp();
        var reading = TopologyYaml.Read("dcs: [{name: a, hosts: [{name: 'h[1-1000000]', address: 10.0.0.1}]}]", "t.yaml");
        Assert.Null(reading.Topology);
        Assert.Equal(4, reading.Errors.Count);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Examples_are_valid()
    {
        var examples = Path.Combine(Root(), "examples");
        var small = Read(File.ReadAllText(Path.Combine(examples, "topology.yaml")));
        Assert.Equal(2, small.Dcs.Count);
        Assert.Equal(10_000, Read(File.ReadAllText(Path.Combine(examples, "topology-10000-hosts.yaml"))).Hosts.Count);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Pingmesh.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private static Topology Read(string text)
    {
        var reading = TopologyYaml.Read(text, "t.yaml");
        Assert.Empty(reading.Errors);
        return reading.Topology!;
    }

    private static void AssertErrors(string text, string[] errors)
    {
        var reading = TopologyYaml.Read(text, "t.yaml");
        Assert.Null(reading.Topology);
        Assert.Equal(errors, reading.Errors.Select(error => error.ToString()));
    }
}
