using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Pingmesh.SystemTests.Probing;

/// <summary>Two namespaces with a veth between them: client 10.88.0.1 and fd88::1, server 10.88.0.2 and fd88::2. Removed at the end.</summary>
internal sealed partial class NetworkNamespaces : IDisposable
{
    private const int CloneNewNet = 0x40000000;

    private readonly string prefix = $"pmt{Environment.ProcessId}";

    public NetworkNamespaces()
    {
        Requires.Root();
        Requires.Program("ip", "iproute2");
        Requires.Program("nft", "nftables");
        try
        {
            Run("ip", "netns", "add", Client);
            Run("ip", "netns", "add", Server);
            Run("ip", "-n", Client, "link", "add", "v0", "type", "veth", "peer", "name", "v0", "netns", Server);
            SetUp(Client, "10.88.0.1/24", "fd88::1/64");
            SetUp(Server, "10.88.0.2/24", "fd88::2/64");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Client => prefix + "c";

    public string Server => prefix + "s";

    /// <summary>Loads nft rules into a namespace.</summary>
    public static void Nft(string name, string rules) => Run("ip", ["netns", "exec", name, "nft", "-f", "-"], rules);

    /// <summary>The packets that the rules of a chain have counted, in order.</summary>
    public static List<long> Counters(string name) =>
    [
        .. Run("ip", "netns", "exec", name, "nft", "list", "ruleset").Split('\n')
            .Where(line => line.Contains("counter packets", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split("counter packets ")[1].Split(' ')[0])),
    ];

    public static string Run(string program, params string[] arguments) => Run(program, arguments, null);

    /// <summary>Runs work on a thread of a namespace; sockets made there stay there.</summary>
    public static T Inside<T>(string name, Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{name}");
                if (SetNamespace((int)handle.DangerousGetHandle(), CloneNewNet) != 0) throw new IOException($"setns {name}: {Marshal.GetLastPInvokeErrorMessage()}");
                result = work();
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        return result!;
    }

    public void Dispose()
    {
        foreach (var name in new[] { Client, Server })
        {
            if (File.Exists($"/run/netns/{name}")) Run("ip", "netns", "del", name);
        }
    }

    private static void SetUp(string name, string ipv4, string ipv6)
    {
        Run("ip", "-n", name, "addr", "add", ipv4, "dev", "v0");
        Run("ip", "-n", name, "addr", "add", ipv6, "dev", "v0", "nodad");
        Run("ip", "-n", name, "link", "set", "lo", "up");
        Run("ip", "-n", name, "link", "set", "v0", "up");
    }

    private static string Run(string program, string[] arguments, string? input)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new IOException($"{program} {string.Join(' ', arguments)}: {errors.Result}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
