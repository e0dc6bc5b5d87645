using System.Net;
using Pingmesh.Core.Topologies;

namespace Pingmesh.UnitTests.Core;

public class TopologyBuilderTests
{
    [Theory]
    [InlineData("dc1", "h1", "10.0.0.2", "two hosts are named 'h1'")]
    [InlineData("dc1", "h2", "10.0.0.1", "address 10.0.0.1 of host 'h2' is already that of host 'h1'")]
    [InlineData("dc1", "h2", "::ffff:10.0.0.1", "address 10.0.0.1 of host 'h2' is already that of host 'h1'")]
    [InlineData("dc1", "h2", "10.0.0.2 10.0.0.2", "host 'h2' has address 10.0.0.2 twice")]
    [InlineData("dc1", "h2", "", "host 'h2' has no address")]
    [InlineData("dc1", "h2", "0.0.0.0", "address 0.0.0.0 of host 'h2' cannot be the address of a host")]
    [InlineData("dc1", "h2", "224.0.0.5", "address 224.0.0.5 of host 'h2' cannot be the address of a host")]
    [InlineData("dc1", "h2", "255.255.255.255", "address 255.255.255.255 of host 'h2' cannot be the address of a host")]
    [InlineData("dc1", "h2", "ff02::1", "address ff02::1 of host 'h2' cannot be the address of a host")]
    [InlineData("dc1", "h2", "::", "address :: of host 'h2' cannot be the address of a host")]
    [InlineData("dc1", "h2", "fe80::1%2", "address fe80::1%2 of host 'h2' cannot be the address of a host")]
    [InlineData("dc/1", "h2", "10.0.0.2", "'dc/1' is no valid name: " + ScopeName.Rule)]
    [InlineData("", "h2", "10.0.0.2", "'' is no valid name: " + ScopeName.Rule)]
    [InlineData("dc1", "-h2", "10.0.0.2", "'-h2' is no valid name: " + ScopeName.Rule)]
    public void Builder_refuses_and_stays_as_it_was(string dc, string name, string addresses, string message)
    {
        var builder = new TopologyBuilder();
        builder.AddHost("dc1", "ps1", "pod1", "h1", [IPAddress.Parse("10.0.0.1")]);
        var before = builder.Build().Version;
        var error = Assert.Throws<ArgumentException>(() => builder.AddHost(
            dc, "ps1", "pod1", name, [.. addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)]));
        Assert.Equal(message, error.Message);
        Assert.Equal(before, builder.Build().Version);
        builder.AddHost("dc1", "ps1", "pod1", "h9", [IPAddress.Parse("10.0.0.9")]);
    }

    [Fact]
    public void Topology_finds_hosts_by_name_and_address_and_pods_by_path()
    {
        var builder = new TopologyBuilder();
        builder.AddHost("dc1", "ps1", "pod1", "h1", [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1")]);
        builder.AddHost("dc2", "ps1", "pod1", "h2", [IPAddress.Parse("10.0.0.2")]);
        builder.AddHost("dc1", "ps1", "pod1", "h3", [IPAddress.Parse("10.0.0.3")]);
        var topology = builder.Build();
        Assert.Equal(["h1", "h3", "h2"], topology.Hosts.Select(host => host.Name));
        Assert.Equal([0, 1], topology.Pods.Select(pod => pod.Ordinal));
        Assert.Equal(1, topology.FindHost("h3")!.Index);
        Assert.Equal("h1", topology.FindHost(IPAddress.Parse("fd00::1"))!.Name);
        Assert.Equal("h2", topology.FindHost(IPAddress.Parse("::ffff:10.0.0.2"))!.Name);
        Assert.Equal("h2", topology.FindPod("dc2/ps1/pod1")!.Hosts[0].Name);
        Assert.Null(topology.FindPod("dc2/ps1"));
        Assert.Null(topology.FindHost("h4"));
    }

    [Fact]
    public void Version_is_that_of_the_content()
    {
        Assert.Equal(Version("h1", "a"), Version("h1", "a"));
        Assert.NotEqual(Version("h1", "a"), Version("h2", "a"));
        Assert.NotEqual(Version("h1", "a"), Version("h1", "b"));

        static string Version(string host, string label)
        {
            var builder = new TopologyBuilder();
            builder.AddHost("dc1", "ps1", "pod1", host, [IPAddress.Loopback], new Dictionary<string, string> { ["rack"] = label });
            return builder.Build().Version;
        }
    }
}
