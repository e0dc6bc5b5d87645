using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Controller.Sources;
using Pingmesh.UnitTests.Agent;

namespace Pingmesh.UnitTests.Controller;

public sealed class PausedScopesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly VirtualTime time = new();
    private readonly RecordingLogger log = new();

    private string Path => System.IO.Path.Combine(folder.Path, "paused.json");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Pauses_are_kept_over_a_restart_and_end_when_they_are_resumed()
    {
        using (var paused = Open())
        {
            paused.Pause(ScopePattern.Parse("dc1/ps2"), "alice", "change 4711");
            paused.Pause(ScopePattern.Parse("role=web"), "bob", "");
            paused.Pause(ScopePattern.Parse("dc1/ps2"), "carol", "still");
        }

        using var again = Open();
        Assert.Equal(["role=web", "dc1/ps2"], again.Scopes.Select(scope => scope.Text));
        Assert.Equal(new PausedScope("dc1/ps2", time.GetUtcNow(), "carol", "still"), again.Pauses[1]);
        Assert.False(again.Resume(ScopePattern.Parse("dc1"), "bob"));
        Assert.True(again.Resume(ScopePattern.Parse("dc1/ps2"), "bob"));
        Assert.Equal(["role=web"], again.Scopes.Select(scope => scope.Text));
        Assert.Contains(log.Lines, line => line.Contains("dc1/ps2 is resumed by bob", StringComparison.Ordinal));
    }

    [Fact]
    public void Copies_that_share_the_file_see_each_others_pauses_and_lose_none()
    {
        using var one = Open();
        using var other = Open();
        one.Pause(ScopePattern.Parse("dc1"), "alice", "");
        other.Pause(ScopePattern.Parse("dc2"), "bob", "");
        Assert.Equal(["dc1", "dc2"], other.Scopes.Select(scope => scope.Text));
        var before = one.Scopes;
        time.Advance(FollowedFile.DefaultPollInterval);
        Assert.NotSame(before, one.Scopes);
        Assert.Equal(["dc1", "dc2"], one.Scopes.Select(scope => scope.Text));
        before = one.Scopes;
        time.Advance(FollowedFile.DefaultPollInterval);
        Assert.Same(before, one.Scopes);
    }

    [Fact]
    public void File_that_holds_something_else_is_refused_at_the_start_and_passed_over_later()
    {
        using var paused = Open();
        paused.Pause(ScopePattern.Parse("dc1"), "alice", "");
        File.WriteAllText(Path, "[{}]");
        for (var i = 0; i < 3; i++) time.Advance(FollowedFile.DefaultPollInterval);
        Assert.Equal(["dc1"], paused.Scopes.Select(scope => scope.Text));
        Assert.Single(log.Lines, line => line.Contains("the pauses stay as they were", StringComparison.Ordinal));
        Assert.Contains("remove it to resume all", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => paused.Pause(ScopePattern.Parse("dc2"), "alice", ""));
    }

    private PausedScopes Open() => new(Path, time, log);
}
