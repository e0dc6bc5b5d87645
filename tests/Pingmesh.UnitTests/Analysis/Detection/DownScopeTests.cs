using Pingmesh.Analysis.Detection;

namespace Pingmesh.UnitTests.Analysis.Detection;

/// <summary>2 data centers x 2 podsets x 2 pods x 3 hosts.</summary>
public sealed class DownScopeTests
{
    private readonly Fleet fleet = new(TestMesh.Build(2, 2, 2, 3));

    [Fact]
    public void What_is_down_is_told_as_the_largest_scopes_of_which_all_is()
    {
        Assert.Equal(["h1"], Down(0));
        Assert.Equal(["h1", "h3"], Down(0, 2));
        Assert.Equal(["dc1/ps1/pod1"], Down(0, 1, 2));
        Assert.Equal(["dc1/ps1/pod1", "h5"], Down(0, 1, 2, 4));
        Assert.Equal(["dc1/ps1"], Down(0, 1, 2, 3, 4, 5));
        Assert.Equal(["dc1/ps1", "dc1/ps2/pod2"], Down(0, 1, 2, 3, 4, 5, 9, 10, 11));
        Assert.Equal(["dc1"], Down([.. Enumerable.Range(0, 12)]));
        Assert.Equal(["dc1", "dc2"], Down([.. Enumerable.Range(0, 24)]));
        Assert.Empty(Down());
    }

    [Fact]
    public void Scope_is_down_since_half_of_its_hosts_are()
    {
        var scope = Assert.Single(DownScope.Of(fleet, new Dictionary<int, long> { [0] = 30, [1] = 1, [2] = 20 }, _ => true));
        Assert.Equal((1, 0, 20L), (scope.Level, scope.Number, scope.Since));
        Assert.Equal([0, 1, 2], scope.Hosts.Order());
    }

    [Fact]
    public void Hosts_that_nobody_has_heard_of_are_neither_up_nor_down()
    {
        // The third host of the pod was never there, nor was the second pod.
        Assert.Equal(["dc1/ps1/pod1"], Names(DownScope.Of(fleet, new Dictionary<int, long> { [0] = 1, [1] = 1 }, host => host is 0 or 1)));
        Assert.Equal(["h1"], Names(DownScope.Of(fleet, new Dictionary<int, long> { [0] = 1 }, host => host == 0)));
    }

    [Fact]
    public void Pod_of_one_host_is_that_host_and_a_podset_of_such_pods_is_the_podset()
    {
        var flat = new Fleet(TestMesh.Build(1, 2, 3, 1));
        Assert.Equal(["h1"], Names(DownScope.Of(flat, new Dictionary<int, long> { [0] = 1 }, _ => true)));
        Assert.Equal(["h1", "h2"], Names(DownScope.Of(flat, new Dictionary<int, long> { [0] = 1, [1] = 1 }, _ => true)));
        Assert.Equal(["dc1/ps1"], Names(DownScope.Of(flat, new Dictionary<int, long> { [0] = 1, [1] = 1, [2] = 1 }, _ => true)));
    }

    private List<string> Down(params int[] hosts) => Names(DownScope.Of(fleet, hosts.ToDictionary(host => host, _ => 1L), _ => true));

    private List<string> Names(List<DownScope> scopes) => [.. scopes.Select(scope => scope.ScopeIn(scope.Hosts.Max() < fleet.Hosts.Count ? fleet : throw new InvalidOperationException())).Order(StringComparer.Ordinal)];
}
