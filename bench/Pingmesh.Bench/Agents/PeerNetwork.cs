using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Pingmesh.Core;
using Pingmesh.Probing.Responders;

namespace Pingmesh.Bench.Agents;

/// <summary>
/// Two network namespaces with a veth between them: in one the prober, at 10.89.0.1, in the other 2,500 peers, from
/// 10.90.0.1 on, which our responder answers for. An nftables rule counts the probes that arrive. All of it, and every
/// process started in it, is gone at the end, also by Ctrl-C.
/// </summary>
internal sealed class PeerNetwork : IDisposable
{
    public const int Peers = 2_500;
    public const string Client = "10.89.0.1";
    public const string FirstPeer = "10.90.0.1";

    private static readonly string[] Rules =
    [
        "table inet bench {",
        "  chain drops { type filter hook input priority -10; }",
        "  chain arrivals { type filter hook input priority 0;",
        "    tcp dport 58100 tcp flags & (syn | ack) == syn counter",
        "    icmp type echo-request counter",
        "  }",
        "}",
    ];

    private readonly string clientSpace = $"pmb{Environment.ProcessId}c";
    private readonly string peerSpace = $"pmb{Environment.ProcessId}p";
    private readonly List<Process> processes = [];
    private readonly List<IDisposable> ends = [];
    private bool disposed;

    public PeerNetwork()
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            ends.Add(PosixSignalRegistration.Create(signal, _ => Dispose()));
        try
        {
            Run("ip", "netns", "add", clientSpace);
            Run("ip", "netns", "add", peerSpace);
            Run("ip", "-n", clientSpace, "link", "add", "v0", "type", "veth", "peer", "name", "v0", "netns", peerSpace);
            SetUp(clientSpace, $"{Client}/24");
            SetUp(peerSpace, "10.89.0.2/24");
            Run("ip", "-n", clientSpace, "route", "add", "10.90.0.0/16", "via", "10.89.0.2");
            Run("ip", "-n", peerSpace, "route", "add", "local", "10.90.0.0/16", "dev", "lo");
            Run("ip", ["netns", "exec", peerSpace, "nft", "-f", "-"], string.Join('\n', Rules) + "\n");
            ends.Add(InPeers(() => new TcpResponder(new IPEndPoint(IPAddress.Any, Ports.Responder))));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The peers' addresses.</summary>
    public static IEnumerable<IPAddress> Addresses() => Enumerable.Range(1, Peers).Select(i => new IPAddress([10, 90, (byte)(i >> 8), (byte)i]));

    /// <summary>Runs work in the prober's namespace.</summary>
    public T InClient<T>(Func<T> work) => Kernel.Inside(clientSpace, work);

    /// <summary>Runs work in the peers' namespace.</summary>
    public T InPeers<T>(Func<T> work) => Kernel.Inside(peerSpace, work);

    /// <summary>Starts a program in the prober's namespace, its output thrown away.</summary>
    public Process Start(string program, params string[] arguments)
    {
        var process = StartReadable(program, arguments);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return process;
    }

    /// <summary>Starts a program in the prober's namespace, whose output the caller reads.</summary>
    public Process StartReadable(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = InClient(() => Process.Start(start)!);
        lock (processes) processes.Add(process);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        return process;
    }

    /// <summary>Drops every n-th SYN that arrives, and counts what it drops; 0 drops none.</summary>
    public void DropEverySyn(int n)
    {
        Run("ip", "netns", "exec", peerSpace, "nft", "flush", "chain", "inet", "bench", "drops");
        if (n == 0) return;
        Run("ip", "netns", "exec", peerSpace, "nft", "add", "rule", "inet", "bench", "drops",
            $"tcp dport 58100 tcp flags & (syn | ack) == syn numgen inc mod {n} == 0 counter drop");
    }

    /// <summary>SYNs dropped, SYNs that arrived, and echo requests that arrived, so far.</summary>
    public (long Dropped, long Syns, long Echoes) Count()
    {
        var counts = Run("ip", "netns", "exec", peerSpace, "nft", "list", "table", "inet", "bench").Split('\n')
            .Where(line => line.Contains("counter packets", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split("counter packets ")[1].Split(' ')[0], CultureInfo.InvariantCulture))
            .ToList();
        return counts.Count == 3 ? (counts[0], counts[1], counts[2]) : (0, counts[0], counts[1]);
    }

    public void Dispose()
    {
        lock (processes)
        {
            if (disposed) return;
            disposed = true;
            foreach (var process in processes) Kill(process);
        }

        foreach (var end in ends.OfType<TcpResponder>()) end.Dispose();
        foreach (var space in new[] { clientSpace, peerSpace })
        {
            if (File.Exists($"/run/netns/{space}")) Run("ip", "netns", "del", space);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // Whoever started it has waited for its end and let go of it.
        }
    }

    private static void SetUp(string space, string address)
    {
        Run("ip", "-n", space, "addr", "add", address, "dev", "v0");
        Run("ip", "-n", space, "link", "set", "lo", "up");
        Run("ip", "-n", space, "link", "set", "v0", "up");
    }

    private static string Run(string program, params string[] arguments) => Run(program, arguments, "");

    private static string Run(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new IOException($"{program} {string.Join(' ', arguments)}: {errors.Result}");
    }
}
