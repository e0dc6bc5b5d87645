using Pingmesh.SystemTests.EndToEnd;

namespace Pingmesh.SystemTests.Lab;

/// <summary>Tests on demand by agents that live in network namespaces, across a fabric whose switches have names.</summary>
public sealed class OnDemandLabTests
{
    private const string A = "dc1-ps1-pod1-h1";
    private const string B = "dc1-ps2-pod2-h1";

    [Fact]
    public async Task Agents_in_namespaces_ping_and_trace_there_and_back_and_name_the_switches()
    {
        await using var lab = new LabRun("o");
        var port = ServerProcess.FreePort();
        await lab.DoAsync("up", "--port", $"{port}", "--hosts", "1");
        Task<CommandRun> Test(params string[] arguments) => CommandRun.RunAsync(["test", "--server", $"http://127.0.0.1:{port}", .. arguments]);

        // The first packets find neighbours, so the first test may lose some.
        await Eventually.IsTrueAsync(async () => (await Test("--from", A, "--to", B, "--wait", "15s")).ExitCode == 0, TimeSpan.FromSeconds(60), () => "no ping succeeds");
        var icmp = await Test("--from", A, "--to", B, "--kind", "icmp", "--flows", "8");
        Assert.True(icmp.ExitCode == 0, icmp.Output + icmp.Errors);

        var there = await Test("--from", A, "--to", B, "--trace", "--flows", "16");
        Assert.True(there.ExitCode == 0, there.Output + there.Errors);
        Assert.Contains("dc1-spine1 (", there.Output, StringComparison.Ordinal);
        Assert.Contains("dc1-spine2 (", there.Output, StringComparison.Ordinal);
        Assert.Contains($"{B} (", there.Output, StringComparison.Ordinal);
        Assert.Contains("16 of 16 flows reached", there.Output, StringComparison.Ordinal);

        // The way of the answers to a probe from port 40123: it begins at the responder's port.
        var back = await Test("--from", B, "--to", A, "--trace", "--sport", "58100", "--port", "40123");
        Assert.True(back.ExitCode == 0, back.Output + back.Errors);
        Assert.Contains("1 flow, source port 58100", back.Output, StringComparison.Ordinal);
        Assert.Contains("dc1-spine", back.Output, StringComparison.Ordinal);
    }
}
