using System.Text.RegularExpressions;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Topologies;

namespace Pingmesh.UnitTests.Controller;

public partial class PinglistServiceTests
{
    private static readonly TopologyShape Shape = new([[[2, 2]]], MeshSettings.Default);

    [Fact]
    public void Find_gives_the_list_of_the_topology_and_settings_of_the_moment()
    {
        var topology = Shape.Build();
        var mesh = new Mesh(topology, MeshSettings.Default);
        var service = new PinglistService(() => mesh, TimeProvider.System);
        var first = service.Find("h-1-1-1-1")!;
        Assert.Equal(58100, PinglistJson.Read(first.Json.Span).Groups[0].Port);

        mesh = new Mesh(topology, new MeshSettings { Graphs = [new MeshGraph { Port = 7 }] });
        var second = service.Find("h-1-1-1-1")!;
        Assert.Equal(7, PinglistJson.Read(second.Json.Span).Groups[0].Port);
        Assert.NotEqual(first.ETag, second.ETag);
    }

    [Fact]
    public void Equal_lists_have_equal_strong_entity_tags_on_every_server()
    {
        var one = Service(Shape.Build()).Find("h-1-1-2-1")!;
        var other = Service(Shape.Build()).Find("h-1-1-2-1")!;
        Assert.Equal(one.ETag, other.ETag);
        Assert.True(one.Json.Span.SequenceEqual(other.Json.Span));
        Assert.Matches(StrongTag(), one.ETag);
    }

    [Fact]
    public void Unknown_host_has_no_list() =>
        Assert.Null(Service(Shape.Build()).Find("nobody"));

    [Fact]
    public void Change_of_the_topology_elsewhere_leaves_a_list_and_its_tag_as_they_were()
    {
        var before = Service(new TopologyShape([[[2, 2]], [[1]]], MeshSettings.Default).Build(), "dc1").Find("h-1-1-1-1")!;
        var after = Service(new TopologyShape([[[2, 2]], [[3, 4]]], MeshSettings.Default).Build(), "dc1").Find("h-1-1-1-1")!;
        Assert.Equal(before.ETag, after.ETag);
        Assert.NotEqual(before.TopologyVersion, after.TopologyVersion);
    }

    [Fact]
    public void Stamp_is_the_same_on_every_server_and_changes_with_all_that_lists_are_made_of()
    {
        var topology = Shape.Build();
        var time = new VirtualTime();
        string Of(Mesh mesh) => new PinglistService(() => mesh, time).Stamp;
        var stamp = Of(new Mesh(topology, MeshSettings.Default));
        Assert.Equal(stamp, Of(new Mesh(Shape.Build(), new MeshSettings())));
        Assert.Equal(stamp, new PinglistService(() => new Mesh(topology, MeshSettings.Default), time).Find("h-1-1-1-1")!.Stamp);
        string[] others =
        [
            Of(new Mesh(new TopologyShape([[[2, 3]]], MeshSettings.Default).Build(), MeshSettings.Default)), Of(new Mesh(topology, new MeshSettings { MaxPeers = 7 })),
            Of(new Mesh(topology, new MeshSettings { Graphs = [new MeshGraph { Shape = GraphShape.Targets, Targets = [new StaticTarget("a", "b")] }] })),
            Of(new Mesh(topology, new MeshSettings { Graphs = [new MeshGraph { Shape = GraphShape.Targets, Targets = [new StaticTarget("a", "c")] }] })),
            Of(new Mesh(topology, MeshSettings.Default, [ScopePattern.Parse("dc1")])), Of(new Mesh(topology, MeshSettings.Default, [ScopePattern.Parse("dc2")])),
        ];
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(8, others.Append(stamp).Append(Of(new Mesh(topology, MeshSettings.Default))).Distinct().Count());
    }

    private static PinglistService Service(Topology topology, string scope = "*") =>
        new(() => new Mesh(topology, new MeshSettings { Graphs = [new MeshGraph { Scope = ScopePattern.Parse(scope) }] }), TimeProvider.System);

    [GeneratedRegex("^\"[0-9a-f]{32}\"$")]
    private static partial Regex StrongTag();
}
