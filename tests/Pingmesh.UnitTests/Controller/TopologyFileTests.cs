using Pingmesh.Controller.Sources;
using Pingmesh.Controller.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.UnitTests.Controller;

public sealed class TopologyFileTests : IDisposable
{
    private const string Two = "dcs: [{name: a, hosts: [{name: 'h[1-2]', address: '10.0.0.{host.n}'}]}]";
    private const string Three = "dcs: [{name: a, hosts: [{name: 'h[1-3]', address: '10.0.0.{host.n}'}]}]";
    private const string Bad = "dcs: [{name: a, hosts: [{name: 'h[1-3]', address: '10.0.0.x'}]}]";

    private readonly string folder = Directory.CreateTempSubdirectory("pingmesh-").FullName;
    private readonly VirtualTime time = new();
    private readonly RecordingLogger logger = new();
    private readonly string path;

    public TopologyFileTests()
    {
        path = Path.Combine(folder, "topology.yaml");
        File.WriteAllText(path, Two);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void File_is_followed_and_each_change_is_told_and_logged()
    {
        using var file = Open(path);
        var changes = new List<TopologyDiff>();
        file.Changed += changes.Add;
        Assert.Equal(2, file.Current.Hosts.Count);

        File.WriteAllText(path, Three);
        Poll(2);
        Assert.Equal(3, file.Current.Hosts.Count);
        Assert.Equal("h3", Assert.Single(Assert.Single(changes).Added).Name);
        Assert.Contains("3 hosts: 1 added (h3), 0 removed, 0 moved, 0 with other addresses or labels", logger.Lines[^1], StringComparison.Ordinal);

        Poll(5);
        Assert.Single(changes);
    }

    [Fact]
    public void New_content_counts_only_once_it_has_settled()
    {
        using var file = Open(path);
        File.WriteAllText(path, Three);
        Poll(1);
        Assert.Equal(2, file.Current.Hosts.Count);
        File.WriteAllText(path, Three.Replace("1-3", "1-4", StringComparison.Ordinal));
        Poll(1);
        Assert.Equal(2, file.Current.Hosts.Count);
        Poll(1);
        Assert.Equal(4, file.Current.Hosts.Count);
    }

    [Fact]
    public void Invalid_content_leaves_the_topology_and_is_logged_once()
    {
        using var file = Open(path);
        var before = file.Current;
        File.WriteAllText(path, Bad);
        Poll(10);
        Assert.Same(before, file.Current);
        var line = Assert.Single(logger.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.Contains($"{path}:1:51: host 'h1' (from line 1): address 10.0.0.x is not an IP address", line, StringComparison.Ordinal);

        File.WriteAllText(path, Three);
        Poll(2);
        Assert.Equal(3, file.Current.Hosts.Count);
    }

    [Fact]
    public void Vanished_file_leaves_the_topology_and_is_logged_once()
    {
        using var file = Open(path);
        File.Delete(path);
        Poll(10);
        Assert.Equal(2, file.Current.Hosts.Count);
        Assert.Single(logger.Lines, line => line.Contains("there is no such file", StringComparison.Ordinal));
        File.WriteAllText(path, Three);
        Poll(2);
        Assert.Equal(3, file.Current.Hosts.Count);
    }

    [Fact]
    public void Remark_alone_is_no_change()
    {
        using var file = Open(path);
        var before = file.Current;
        File.WriteAllText(path, $"# a remark\n{Two}");
        Poll(3);
        Assert.Same(before, file.Current);
        Assert.Single(logger.Lines);
    }

    [Fact]
    public void Subscriber_that_fails_does_not_end_the_polling()
    {
        using var file = Open(path);
        file.Changed += _ => throw new InvalidOperationException("boom");
        File.WriteAllText(path, Three);
        Poll(2);
        Assert.Contains(logger.Lines, line => line.Contains("subscriber", StringComparison.Ordinal));
        File.WriteAllText(path, Two);
        Poll(2);
        Assert.Equal(2, file.Current.Hosts.Count);
    }

    [Fact]
    public void Disposed_file_is_no_longer_followed()
    {
        var file = Open(path);
        file.Dispose();
        File.WriteAllText(path, Three);
        Poll(3);
        Assert.Equal(2, file.Current.Hosts.Count);
    }

    [Fact]
    public void Open_refuses_a_missing_and_an_invalid_file_with_all_errors()
    {
        var missing = Path.Combine(folder, "none.yaml");
        var error = Assert.Throws<ConfigurationException>(() => Open(missing));
        Assert.Equal($"{missing}:1:1: there is no such file; correct the path or write the file", error.Message);

        File.WriteAllText(path, Bad);
        error = Assert.Throws<ConfigurationException>(() => Open(path));
        Assert.Equal(3, error.Errors.Count);

        error = Assert.Throws<ConfigurationException>(() => Open(folder));
        Assert.Contains("cannot be read", error.Message, StringComparison.Ordinal);
    }

    private TopologySources Open(string file) => new([new FileSource(file, TopologyFiles.Read, time, logger)], logger);

    private void Poll(int times)
    {
        for (var i = 0; i < times; i++) time.Advance(FollowedFile.DefaultPollInterval);
    }
}
