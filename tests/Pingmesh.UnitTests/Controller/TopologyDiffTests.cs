using System.Net;
using Pingmesh.Controller.Topologies;
using Pingmesh.Core.Topologies;

namespace Pingmesh.UnitTests.Controller;

public class TopologyDiffTests
{
    [Fact]
    public void Diff_tells_added_removed_moved_and_changed_hosts_apart()
    {
        var before = Build(("stays", "pod1", "10.0.0.1", "a"), ("goes", "pod1", "10.0.0.2", "a"), ("moves", "pod1", "10.0.0.3", "a"),
            ("readdressed", "pod1", "10.0.0.4", "a"), ("relabelled", "pod1", "10.0.0.5", "a"));
        var after = Build(("stays", "pod1", "10.0.0.1", "a"), ("moves", "pod2", "10.0.0.3", "a"), ("readdressed", "pod1", "10.0.0.9", "a"),
            ("relabelled", "pod1", "10.0.0.5", "b"), ("comes", "pod2", "10.0.0.2", "a"));
        var diff = TopologyDiff.Between(before, after);
        Assert.Equal(["comes"], diff.Added.Select(host => host.Name));
        Assert.Equal(["goes"], diff.Removed.Select(host => host.Name));
        Assert.Equal(["dc/ps/pod2"], diff.Moved.Select(host => host.Pod.Path));
        Assert.Equal(["readdressed", "relabelled"], diff.Changed.Select(host => host.Name));
    }

    private static Topology Build(params (string Name, string Pod, string Address, string Label)[] hosts)
    {
        var builder = new TopologyBuilder();
        foreach (var (name, pod, address, label) in hosts)
            builder.AddHost("dc", "ps", pod, name, [IPAddress.Parse(address)], new Dictionary<string, string> { ["l"] = label });
        return builder.Build();
    }
}
