using Pingmesh.Controller.Services;
using Pingmesh.Core.Topologies;
using System.Net;

namespace Pingmesh.UnitTests.Controller;

public sealed class ServicesYamlTests
{
    [Fact]
    public void Services_are_hosts_by_scope_label_and_name_and_by_their_own_label()
    {
        var builder = new TopologyBuilder();
        var number = 0;
        foreach (var (dc, pod, host, labels) in new[]
        {
            ("dc1", "pod1", "web-1", new Dictionary<string, string> { ["role"] = "web" }), ("dc1", "pod2", "web-2", new() { ["service"] = "shop, search" }),
            ("dc2", "pod1", "db-1", new() { ["role"] = "db" }),
        })
            builder.AddHost(dc, "ps1", pod, host, [new IPAddress([10, 0, 0, (byte)++number])], labels);
        var (rules, errors) = ServicesYaml.Read("services:\n  web: [web-*]\n  dbs: [role=db, dc1/ps1/pod2]\n  first: [dc1]\n  search: [db-1]\n", "s.yaml");
        Assert.Empty(errors);
        var map = new ServiceMap(builder.Build(), rules!);
        Assert.Equal(["dbs", "first", "search", "shop", "web"], map.Names);
        Assert.Equal(["web-1", "web-2"], map.Find("web")!.Select(host => host.Name));
        Assert.Equal(["web-2", "db-1"], map.Find("dbs")!.Select(host => host.Name));
        Assert.Equal(["web-1", "web-2"], map.Find("first")!.Select(host => host.Name));
        Assert.Equal(["web-2", "db-1"], map.Find("search")!.Select(host => host.Name));
        Assert.Null(map.Find("nothing"));
    }

    [Theory]
    [InlineData("services:\n  'a b': [x]\n", "s.yaml:2:", "is no valid name")]
    [InlineData("services:\n  web: [a/b/c/d/e]\n", "s.yaml:2:9", "is no scope")]
    [InlineData("servises: {}\n", "s.yaml:1:1", "services")]
    public void Mistake_is_told_with_its_place(string text, string place, string message)
    {
        var (rules, errors) = ServicesYaml.Read(text, "s.yaml");
        Assert.Null(rules);
        Assert.Contains(errors, error => error.ToString().StartsWith(place, StringComparison.Ordinal) && error.ToString().Contains(message, StringComparison.Ordinal));
    }
}
