using Pingmesh.AgentCli.Running;
using Pingmesh.AgentCli.Targets;
using Pingmesh.UnitTests.Agent;

namespace Pingmesh.UnitTests.AgentCli;

public class TargetTextTests
{
    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7", null)]
    [InlineData("10.0.0.7:443", "10.0.0.7", 443)]
    [InlineData("fd00::7", "fd00::7", null)]
    [InlineData("[fd00::7]:443", "fd00::7", 443)]
    [InlineData("web-1.example.com", "web-1.example.com", null)]
    [InlineData("web-1.example.com:80", "web-1.example.com", 80)]
    [InlineData("https://example.com/health", "example.com", 443)]
    [InlineData("http://[fd00::7]:8080/", "fd00::7", 8080)]
    public void Target_is_read_as_it_is_usually_written(string text, string host, int? port)
    {
        var target = Assert.Single(TargetText.ReadAll([text], null));
        Assert.Equal((host, port), (target.Host, target.Port));
        Assert.Equal(text.Contains("://", StringComparison.Ordinal), target.Url is not null);
    }

    [Theory]
    [InlineData("10.0.0.0/30", new[] { "10.0.0.1", "10.0.0.2" })]
    [InlineData("10.0.0.6/30", new[] { "10.0.0.5", "10.0.0.6" })]
    [InlineData("10.0.0.0/31", new[] { "10.0.0.0", "10.0.0.1" })]
    [InlineData("10.0.0.9/32", new[] { "10.0.0.9" })]
    [InlineData("fd00::/127", new[] { "fd00::", "fd00::1" })]
    [InlineData("::/127", new[] { "::", "::1" })]
    public void Network_is_unfolded_into_its_hosts(string network, string[] hosts) =>
        Assert.Equal(hosts, TargetText.ReadAll([network], null).Select(target => target.Host));

    [Theory]
    [InlineData("10.1")]
    [InlineData("10.0.0.300")]
    [InlineData("10.0.0.7:0")]
    [InlineData("10.0.0.7:65536")]
    [InlineData("10.0.0.7:")]
    [InlineData("-host")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("10.0.0.0/x")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/15")]
    [InlineData("fd00::/64")]
    [InlineData("ftp://example.com/")]
    [InlineData("http://")]
    public void What_is_no_target_is_refused_by_name(string text) =>
        Assert.Contains($"'{text.Split(':')[0]}", Assert.Throws<UsageException>(() => TargetText.ReadAll([text], null)).Message.Replace("''", $"'{text}", StringComparison.Ordinal), StringComparison.Ordinal);

    [Fact]
    public void File_holds_a_target_a_line_with_comments_and_a_mistake_is_named_with_its_line()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "targets");
        File.WriteAllText(file, "# all of them\n10.0.0.1  # first\n\n10.0.1.0/30\r\n");
        Assert.Equal(["a", "10.0.0.1", "10.0.1.1", "10.0.1.2"], TargetText.ReadAll(["a"], file).Select(target => target.Host));
        File.AppendAllText(file, "10.0.0.256\n");
        Assert.StartsWith($"{file}:5: '10.0.0.256'", Assert.Throws<UsageException>(() => TargetText.ReadAll([], file)).Message, StringComparison.Ordinal);
        Assert.Contains(file + ".not", Assert.Throws<FailedException>(() => TargetText.ReadAll([], file + ".not")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_targets_than_one_run_can_take_are_refused() =>
        Assert.Contains("65536", Assert.Throws<UsageException>(() => TargetText.ReadAll(["10.0.0.0/16", "10.1.0.0/29"], null)).Message, StringComparison.Ordinal);
}
