using System.Globalization;
using System.Text.RegularExpressions;
using Pingmesh.SystemTests.EndToEnd;

namespace Pingmesh.SystemTests.Lab;

/// <summary>A lab of the real program, under a name of its own; taken down at the end, whatever happened.</summary>
internal sealed partial class LabRun : IAsyncDisposable
{
    public LabRun(string suffix)
    {
        Requires.Root();
        Requires.Program("ip", "iproute2");
        Requires.Program("nft", "nftables");
        Requires.Program("ping", "iputils-ping");
        Requires.Program("traceroute", "traceroute");
        Name = $"t{Environment.ProcessId}{suffix}";
    }

    public string Name { get; }

    public string Prefix => $"pml-{Name}:";

    /// <summary>Runs <c>pingmesh lab ...</c>, which must succeed; what it printed.</summary>
    public async Task<string> DoAsync(params string[] arguments)
    {
        var run = await TryAsync(arguments);
        Assert.True(run.ExitCode == 0, $"lab {string.Join(' ', arguments)}: {run.Errors}{run.Output}");
        return run.Output;
    }

    public Task<CommandRun> TryAsync(params string[] arguments)
    {
        // What follows -- belongs to the program that is run.
        var at = Array.IndexOf(arguments, "--");
        string[] named = at < 0 ? [.. arguments, "--name", Name] : [.. arguments[..at], "--name", Name, .. arguments[at..]];
        return CommandRun.RunAsync(["lab", .. named]);
    }

    public Task<CommandRun> ExecAsync(string node, params string[] command) => TryAsync(["exec", node, "--", .. command]);

    /// <summary>Puts a fault in, for as long as the result is not disposed of.</summary>
    public async Task<IAsyncDisposable> FaultAsync(params string[] arguments)
    {
        var id = (await DoAsync(["fault", "add", .. arguments])).Split(':')[0];
        return new Cleared(this, id);
    }

    /// <summary>Pings; the share of answers, and their mean RTT in milliseconds (0 without any).</summary>
    public async Task<(double Answered, double MeanMs)> PingAsync(string from, string to, int count, params string[] options)
    {
        var run = await ExecAsync(from, ["ping", "-q", "-c", $"{count}", "-i", "0.005", "-W", "0.3", .. options, to]);
        var received = int.Parse(ReceivedPattern().Match(run.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        var mean = MeanPattern().Match(run.Output);
        return ((double)received / count, mean.Success ? double.Parse(mean.Groups[1].Value, CultureInfo.InvariantCulture) : 0);
    }

    /// <summary>Whether a TCP SYN from a source port reaches a closed port of a host, which answers by a reset.</summary>
    public async Task<bool> ReachesAsync(string from, string to, int sourcePort)
    {
        // One SYN by traceroute with the last hop only: no prober of ours has a part in it.
        var run = await ExecAsync(from, "traceroute", "-n", "-T", "-p", "7", $"--sport={sourcePort}", "-q", "1", "-N", "1", "-f", "6", "-m", "6", "-w", "0.3", to);
        return HopPattern().Matches(run.Output).Any(match => match.Groups[1].Value == to);
    }

    /// <summary>The addresses that a flow's packets meet, hop by hop.</summary>
    public async Task<IReadOnlyList<string>> TraceAsync(string from, string to, int sourcePort)
    {
        var run = await ExecAsync(from, "traceroute", "-n", "-T", "-p", "7", $"--sport={sourcePort}", "-q", "1", "-N", "1", "-w", "0.3", "-m", "8", to);
        return [.. HopPattern().Matches(run.Output).Select(match => match.Groups[1].Value)];
    }

    public static List<string> Namespaces(string prefix) =>
        Directory.Exists("/run/netns") ? [.. Directory.GetFiles("/run/netns", prefix + "*").Select(path => Path.GetFileName(path))] : [];

    public async ValueTask DisposeAsync()
    {
        await TryAsync("down");
        Assert.Empty(Namespaces(Prefix));
    }

    [GeneratedRegex(@"(\d+) received")]
    private static partial Regex ReceivedPattern();

    [GeneratedRegex(@"= [\d.]+/([\d.]+)/")]
    private static partial Regex MeanPattern();

    [GeneratedRegex(@"^ *\d+  ([0-9a-f.:*]+)", RegexOptions.Multiline)]
    private static partial Regex HopPattern();

    private sealed class Cleared(LabRun lab, string id) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await lab.DoAsync("fault", "clear", id);
    }
}
