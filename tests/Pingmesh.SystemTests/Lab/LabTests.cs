using System.Diagnostics;
using System.Text.Json;
using Pingmesh.SystemTests.EndToEnd;

namespace Pingmesh.SystemTests.Lab;

public sealed class LabTests
{
    private const int Nobody = 65_534;

    [Fact]
    public async Task Lab_comes_up_once_runs_programs_and_leaves_nothing_behind()
    {
        await using var lab = new LabRun("a");
        var interfaces = NetworkInterfaces();
        var first = await lab.DoAsync("up", "--fabric-only", "--dcs", "2", "--hosts", "1");
        Assert.Contains("8 hosts: 2 dcs x 2 podsets x 2 pods x 1 host, 2 leaves a podset, 2 spines a dc; 22 switches; made in", first, StringComparison.Ordinal);
        Assert.Equal(30, LabRun.Namespaces(lab.Prefix).Count);
        Assert.Equal(interfaces, NetworkInterfaces());

        Assert.Contains("is up already", await lab.DoAsync("up", "--fabric-only", "--dcs", "2", "--hosts", "1"), StringComparison.Ordinal);
        var other = await lab.TryAsync("up", "--fabric-only", "--hosts", "3");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("take it down first", other.Errors, StringComparison.Ordinal);

        var status = JsonDocument.Parse(await lab.DoAsync("status", "--json")).RootElement;
        Assert.Equal(30, status.GetProperty("nodes").GetArrayLength());
        var check = await CommandRun.RunAsync("topology", "check", status.GetProperty("topology").GetString()!);
        Assert.Contains("2 data centers, 4 podsets, 8 pods, 8 hosts, 22 switches, 40 links", check.Output, StringComparison.Ordinal);

        // Across data centers, both families; exit codes and output come through.
        Assert.Equal(1, (await lab.PingAsync("dc1-ps1-pod1-h1", "10.2.4.1", 20)).Answered);
        Assert.Equal(1, (await lab.PingAsync("dc1-ps1-pod1-h1", "fd00:2:4::1", 20)).Answered);
        Assert.Equal(7, (await lab.ExecAsync("dc1-ps1-pod1-h1", "sh", "-c", "exit 7")).ExitCode);
        Assert.Contains("did not", (await lab.ExecAsync("dc1-ps1-pod1-h1", "echo", "did not", "fail")).Output, StringComparison.Ordinal);
        Assert.Contains("there is no switch or host 'nobody'", (await lab.ExecAsync("nobody", "true")).Errors, StringComparison.Ordinal);
        Assert.Contains("cannot be run", (await lab.ExecAsync("dc1-ps1-pod1-h1", "no-such-program")).Errors, StringComparison.Ordinal);

        await lab.DoAsync("down");
        Assert.Empty(LabRun.Namespaces(lab.Prefix));
        Assert.False(Directory.Exists($"/run/pingmesh-lab/{lab.Name}"));
        Assert.Contains("was not up", await lab.DoAsync("down"), StringComparison.Ordinal);
        Assert.Equal(1, (await lab.TryAsync("status")).ExitCode);
    }

    [Fact]
    public async Task Crashed_lab_is_cleaned_up_by_the_next_one()
    {
        await using var lab = new LabRun("b");
        await lab.DoAsync("up", "--fabric-only", "--hosts", "1");
        await lab.DoAsync("fault", "add", "latency", "--at", "dc1-ps1-pod1-h1", "--delay", "1ms");

        // What a crash leaves: namespaces, processes, and a state that says nothing of them.
        var relay = Assert.Single(Relays(lab.Name));
        File.Delete($"/run/pingmesh-lab/{lab.Name}/lab.json");
        Assert.Contains("namespaces are left", (await lab.TryAsync("status")).Output, StringComparison.Ordinal);
        await lab.DoAsync("up", "--fabric-only", "--hosts", "2");
        Assert.Equal(18, LabRun.Namespaces(lab.Prefix).Count);
        Assert.DoesNotContain(relay, Relays(lab.Name));
        Assert.Equal(1, (await lab.PingAsync("dc1-ps1-pod1-h1", "10.1.4.2", 20)).Answered);
        Assert.InRange((await lab.PingAsync("dc1-ps1-pod1-h1", "10.1.4.2", 20)).MeanMs, 0, 0.9);
    }

    [Fact]
    public async Task Labs_whose_names_begin_alike_leave_each_other_alone()
    {
        await using var one = new LabRun("d");
        await using var other = new LabRun("d-dc1");
        await one.DoAsync("up", "--fabric-only", "--hosts", "1");
        await other.DoAsync("up", "--fabric-only", "--hosts", "2");
        await one.DoAsync("down");
        Assert.Equal(18, LabRun.Namespaces(other.Prefix).Count);
        Assert.Contains("is up already", await other.DoAsync("up", "--fabric-only", "--hosts", "2"), StringComparison.Ordinal);

        // A namespace that is gone is seen: what is left is no lab.
        Assert.Equal(0, (await CommandRun.RunAsync("lab", "status", "--name", other.Name)).ExitCode);
        Probing.NetworkNamespaces.Run("ip", "netns", "del", $"{other.Prefix}dc1-spine1");
        Assert.Equal(1, (await other.TryAsync("status")).ExitCode);
        Assert.Contains("is not up; bring it up first", (await other.TryAsync("fault", "list")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_up_is_cleaned_up_by_the_next_one()
    {
        await using var lab = new LabRun("c");
        using (var up = Process.Start(CommandRun.StartInfo("lab", "up", "--fabric-only", "--podsets", "6", "--hosts", "8", "--name", lab.Name))!)
        {
            await Eventually.IsTrueAsync(() => LabRun.Namespaces(lab.Prefix).Count > 10, TimeSpan.FromSeconds(20), () => "no namespaces");
            up.Kill();
            await up.WaitForExitAsync();
        }

        await lab.DoAsync("up", "--fabric-only", "--hosts", "1");
        Assert.Equal(14, LabRun.Namespaces(lab.Prefix).Count);
    }

    [Fact]
    public async Task User_without_privileges_has_a_lab_with_faults_and_a_server_outside()
    {
        Requires.Root();
        Requires.Program("setpriv", "util-linux");
        if (!MayHaveNamespaces()) Assert.Skip("this kernel lets users have no namespaces");
        var home = Directory.CreateTempSubdirectory("pingmesh-user-");
        try
        {
            // The test's own files belong to root: a user's program must be readable, and its home writable.
            File.SetUnixFileMode(home.FullName, (UnixFileMode)0b111_111_111);
            if ((await AsUserAsync(home.FullName, "--help")).ExitCode != 0) Assert.Skip("needs a checkout and a .NET that every user may read");
            var port = ServerProcess.FreePort();
            var up = await AsUserAsync(home.FullName, "lab", "up", "--hosts", "1", "--port", $"{port}");
            Assert.True(up.ExitCode == 0, up.Errors);
            Assert.Contains("4 hosts", up.Output, StringComparison.Ordinal);
            var ping = await AsUserAsync(home.FullName, "lab", "exec", "dc1-ps1-pod1-h1", "--", "ping", "-q", "-c", "3", "-i", "0.1", "10.1.4.1");
            Assert.Contains("3 received", ping.Output, StringComparison.Ordinal);
            var fault = await AsUserAsync(home.FullName, "lab", "fault", "add", "random-loss", "--at", "dc1/spines", "--percent", "100");
            Assert.True(fault.ExitCode == 0, fault.Errors);
            ping = await AsUserAsync(home.FullName, "lab", "exec", "dc1-ps1-pod1-h1", "--", "ping", "-q", "-c", "3", "-i", "0.1", "-W", "0.3", "10.1.4.1");
            Assert.Contains(" 0 received", ping.Output, StringComparison.Ordinal);
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await Eventually.IsTrueAsync(
                async () => JsonDocument.Parse(await http.GetStringAsync("/api/v1/heatmap")).RootElement.GetProperty("cells").GetProperty("probes").GetArrayLength() >= 12,
                TimeSpan.FromSeconds(40), () => "the server has no cells");
            Assert.Empty(LabRun.Namespaces("pml-lab:"));
        }
        finally
        {
            await AsUserAsync(home.FullName, "lab", "down");
            home.Delete(recursive: true);
        }
    }

    private static List<string> Relays(string lab) =>
    [
        .. Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Where(folder =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, "cmdline")).Contains($"relay\0", StringComparison.Ordinal) && File.ReadAllText(Path.Combine(folder, "cmdline")).Contains($"pml-{lab}:", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }),
    ];

    private static List<string> NetworkInterfaces() => [.. Directory.GetDirectories("/sys/class/net").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static bool MayHaveNamespaces()
    {
        using var process = Process.Start(new ProcessStartInfo("setpriv", ["--reuid", $"{Nobody}", "--regid", $"{Nobody}", "--clear-groups", "unshare", "--user", "--map-root-user", "--net", "true"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static async Task<CommandRun> AsUserAsync(string home, params string[] arguments)
    {
        var plain = CommandRun.StartInfo(arguments);
        var start = new ProcessStartInfo("setpriv") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/" };
        foreach (var argument in new[] { "--reuid", $"{Nobody}", "--regid", $"{Nobody}", "--clear-groups", "env", $"HOME={home}", $"DOTNET_CLI_HOME={home}", plain.FileName }.Concat(plain.ArgumentList)) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CommandRun(process.ExitCode, await output, await errors);
    }
}
