using System.Text.RegularExpressions;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Core.Pinglists;

namespace Pingmesh.UnitTests.Controller;

public partial class PinglistServiceTests
{
    private static readonly TopologyShape Shape = new([[[2, 2]]], MeshSettings.Default);

    [Fact]
    public void Find_gives_the_list_of_the_topology_and_settings_of_the_moment()
    {
        var snapshot = new MeshSnapshot(Shape.Build(), MeshSettings.Default);
        var service = new PinglistService(() => snapshot);
        var first = service.Find("h-1-1-1-1")!;
        Assert.Equal(58100, PinglistJson.Read(first.Json.Span).Groups[0].Port);

        snapshot = snapshot with { Settings = new MeshSettings { Port = 7 } };
        var second = service.Find("h-1-1-1-1")!;
        Assert.Equal(7, PinglistJson.Read(second.Json.Span).Groups[0].Port);
        Assert.NotEqual(first.ETag, second.ETag);
    }

    [Fact]
    public void Equal_lists_have_equal_strong_entity_tags_on_every_server()
    {
        var one = new PinglistService(() => new MeshSnapshot(Shape.Build(), MeshSettings.Default)).Find("h-1-1-2-1")!;
        var other = new PinglistService(() => new MeshSnapshot(Shape.Build(), MeshSettings.Default)).Find("h-1-1-2-1")!;
        Assert.Equal(one.ETag, other.ETag);
        Assert.True(one.Json.Span.SequenceEqual(other.Json.Span));
        Assert.Matches(StrongTag(), one.ETag);
    }

    [Fact]
    public void Unknown_host_has_no_list() =>
        Assert.Null(new PinglistService(() => new MeshSnapshot(Shape.Build(), MeshSettings.Default)).Find("nobody"));

    [GeneratedRegex("^\"[0-9a-f]{32}\"$")]
    private static partial Regex StrongTag();
}
