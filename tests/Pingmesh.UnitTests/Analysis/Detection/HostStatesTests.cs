using Pingmesh.Analysis.Detection;
using Pingmesh.Core.Probes;

namespace Pingmesh.UnitTests.Analysis.Detection;

/// <summary>16 hosts, h1 to h16 with the numbers 0 to 15, in 8 pods.</summary>
public sealed class HostStatesTests
{
    private const int Host = 5;

    private readonly SeenProbes seen = new(TestMesh.Topology);
    private readonly HostStates states = new();

    [Fact]
    public void Host_that_nobody_reaches_and_that_is_silent_is_down_since_its_probes_fail()
    {
        Window(0, isDown: false);
        Window(1, isDown: true);
        Window(2, isDown: true);
        Update(2);
        Assert.Equal([KeyValuePair.Create(Host, At(1))], states.Down);
        Assert.True(states.IsDownIn(Host, At(2)));

        // Windows at the edge hold probes of both states.
        Assert.True(states.IsDownIn(Host, At(-1)));
        Assert.False(states.IsDownIn(Host, At(-2)));
        Assert.False(states.IsDownIn(Host - 1, At(2)));
    }

    [Fact]
    public void Host_is_not_down_since_it_was_hard_to_reach()
    {
        // A black hole on the way to it first; it goes down within the fourth window.
        for (var window = 0; window < 4; window++)
        {
            foreach (var peer in Peers()) seen.Add(peer, Host, 2, failed: peer < 4 || (window == 3 && peer < 9) ? 2 : 0, window: At(window));
        }

        Window(4, isDown: true);
        Update(4);
        Assert.Equal([KeyValuePair.Create(Host, At(3))], states.Down);
    }

    [Fact]
    public void Host_is_up_when_it_answers_again_and_was_down_meanwhile()
    {
        Window(0, isDown: true);
        Update(0);
        Assert.NotEmpty(states.Down);
        Window(1, isDown: false);
        Update(1);
        Assert.Empty(states.Down);
        Assert.True(states.IsDownIn(Host, At(0)));
        Assert.True(states.IsDownIn(Host, At(3)));
        Assert.False(states.IsDownIn(Host, At(4)));

        // After some minutes nobody asks any more.
        Update(1 + 40);
        Assert.False(states.IsDownIn(Host, At(0)));
    }

    [Fact]
    public void Host_whose_agent_reports_that_it_reaches_nobody_is_down_and_one_that_reaches_somebody_is_not()
    {
        Window(0, isDown: true);
        foreach (var peer in Peers()) seen.Add(Host, peer, 3, failed: 3, window: At(0));
        Update(0);
        Assert.Contains(Host, states.Down.Keys);

        Window(1, isDown: true);
        foreach (var peer in Peers()) seen.Add(Host, peer, 3, failed: peer < 8 ? 3 : 0, window: At(1));
        Update(1);
        Assert.Empty(states.Down);
    }

    [Fact]
    public void Partition_is_no_host_that_is_down()
    {
        foreach (var (source, target) in seen.Pairs) seen.Add(source, target, 3, failed: seen.Fleet.PodsetOf(source) == seen.Fleet.PodsetOf(target) ? 0 : 3);
        Update(0);
        Assert.Empty(states.Down);
    }

    [Fact]
    public void One_source_or_two_probes_say_nothing()
    {
        seen.Add(0, Host, 10, failed: 10);
        seen.Add(0, 6, 1, failed: 1);
        seen.Add(1, 6, 1, failed: 1);
        Update(0);
        Assert.Empty(states.Down);
        seen.Add(2, 6, 1, failed: 1);
        seen.Add(1, Host, 1, failed: 1);
        Update(0);
        Assert.Equal([Host, 6], states.Down.Keys.Order());
    }

    [Fact]
    public void Window_without_enough_probes_leaves_the_one_before_to_decide()
    {
        Window(0, isDown: true);
        seen.Add(0, Host, 1, window: At(1));
        Update(1);
        Assert.NotEmpty(states.Down);
        seen.Add(1, Host, 4, window: At(1));
        Update(1);
        Assert.Empty(states.Down);
    }

    [Fact]
    public void Host_in_trouble_of_its_own_is_noisy_in_that_window_and_beside_it_unless_it_is_harmless()
    {
        seen.MarkNoisy(3, At(5), HostNoise.Stalled);
        Assert.True(seen.View.IsNoisy(3, At(5)));
        Assert.True(seen.View.IsNoisy(3, At(4)));
        Assert.True(seen.View.IsNoisy(3, At(6)));
        Assert.False(seen.View.IsNoisy(3, At(7)));
        Assert.False(seen.View.IsNoisy(4, At(5)));
    }

    private static long At(int window) => SeenProbes.Start + (10 * window);

    private static IEnumerable<int> Peers() => Enumerable.Range(0, 16).Where(peer => peer != Host);

    private void Window(int window, bool isDown)
    {
        foreach (var peer in Peers())
        {
            seen.Add(peer, Host, 2, failed: isDown ? 2 : 0, window: At(window));
            if (!isDown) seen.Add(Host, peer, 2, window: At(window));
        }
    }

    private void Update(int window) => states.Update(seen.View, At(window) + 10);
}
