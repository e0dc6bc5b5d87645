using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Pingmesh.Bench.Agents;

/// <summary>From starting the agent's process to its request for a pinglist, and to the first probe that arrives at a peer; with the size of its files.</summary>
internal static class StartBench
{
    private const int Port = 58_110;

    public static async Task RunAsync(PeerNetwork network, string built, int rounds)
    {
        Console.WriteLine("| form | files, MB | start to pinglist asked for, ms | to the first probe, ms |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var (contender, folder) in Contender.Agents(built).Zip(["ordinary", "single", "aot"]))
        {
            var rows = new List<(double Asked, double Probed)>();
            for (var round = 0; round < rounds; round++) rows.Add(await MeasureAsync(network, contender));
            var size = Directory.EnumerateFiles($"{built}/{folder}").Sum(file => new FileInfo(file).Length) / 1048576.0;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {contender.Name} | {size:F1} | {rows.Select(row => row.Asked).Order().ElementAt(rounds / 2):F0} | {rows.Select(row => row.Probed).Order().ElementAt(rounds / 2):F0} |"));
        }
    }

    private static async Task<(double Asked, double Probed)> MeasureAsync(PeerNetwork network, Contender contender)
    {
        // A listener without TCP_DEFER_ACCEPT: it hears of a connect at once.
        using var peer = network.InPeers(() =>
        {
            var listener = new TcpListener(IPAddress.Any, Port);
            listener.Start(4_096);
            return listener;
        });
        using var server = new PinglistServer(network, 9001, Port);
        var arrival = peer.AcceptSocketAsync();
        var begun = Stopwatch.GetTimestamp();
        using var process = contender.Start(network, server);
        await server.Asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var asked = Stopwatch.GetElapsedTime(begun);
        using var probe = await arrival.WaitAsync(TimeSpan.FromSeconds(20));
        var probed = Stopwatch.GetElapsedTime(begun);
        process.Kill();
        await process.WaitForExitAsync();
        return (asked.TotalMilliseconds, probed.TotalMilliseconds);
    }
}
