using Pingmesh.AgentCli.Running;

namespace Pingmesh.UnitTests.AgentCli;

public sealed class HostsFileTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Hosts_stand_one_a_line_with_comments()
    {
        File.WriteAllText(path, "# all of rack 1\nh1\n\n  h2  # the second\n");
        Assert.Equal(["h1", "h2"], new HostsFile(path).Read());
    }

    [Theory]
    [InlineData("h1\nh1\n", ":2: host 'h1' stands there twice")]
    [InlineData("h1\nh 2\n", ":2: 'h 2' is no name of a host")]
    public void Wrong_file_is_refused_with_its_line(string text, string message)
    {
        File.WriteAllText(path, text);
        Assert.Contains(message, Assert.Throws<FailedException>(() => new HostsFile(path).Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_is_seen_and_wrong_contents_are_told_and_passed_over()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        File.WriteAllText(path, "h1\n");
        var file = new HostsFile(path);
        Assert.Equal(["h1"], file.Read());
        var told = new TaskCompletionSource<string>();
        var changed = file.ChangedAsync(told.SetResult, limit.Token);
        await File.WriteAllTextAsync(path, "h1\nh1\n", limit.Token);
        Assert.Contains("twice", await told.Task.WaitAsync(limit.Token), StringComparison.Ordinal);

        // Told once: a second time the test's own source would throw.
        await Task.Delay(1_500, limit.Token);
        Assert.False(changed.IsCompleted);
        await File.WriteAllTextAsync(path, "h2\n", limit.Token);
        Assert.Equal(["h2"], await changed);
    }
}
