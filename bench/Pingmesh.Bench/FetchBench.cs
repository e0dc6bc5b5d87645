using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Server;

namespace Pingmesh.Bench;

/// <summary>
/// All of 100,000 hosts ask one server for their pinglists within a minute, first without and then with the entity tag they have,
/// over real connections, on the same cores as the server. Beside it a request that costs nothing but HTTP.
/// </summary>
internal static class FetchBench
{
    private const int Pods = 5_000;
    private const int HostsPerPod = 20;
    private const int Hosts = Pods * HostsPerPod;
    private const int Connections = 64;

    private static string? stamp;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("pingmesh-bench-").FullName;
        try
        {
            var port = FreePort();
            var topology = Path.Combine(folder, "topology.yaml");
            await File.WriteAllTextAsync(topology, Topology());
            var settings = new ServerSettings
            {
                Listen = [new IPEndPoint(IPAddress.Loopback, port)], DataFolder = folder, Topology = new TopologySettings { Files = [topology] },
            };
            await using var server = await PingmeshServer.StartAsync(settings, () => MeshSettings.Default, null, NullLoggerFactory.Instance, TimeProvider.System);
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Hosts:N0} hosts in {Pods:N0} pods; resident {Process.GetCurrentProcess().WorkingSet64 >> 20} MB, of it on the heap {GC.GetTotalMemory(true) >> 20} MB"));
            Console.WriteLine("| request | in | P50, ms | P99, ms | worst, ms | bytes an answer | CPU, cores |");
            Console.WriteLine("|---|---|---|---|---|---|---|");
            var tags = new string?[Hosts];
            await MeasureAsync("GET /readyz", port, _ => "/readyz", tags: null);
            await MeasureAsync("pinglist, for the first time", port, PathOf, tags);
            await MeasureAsync("pinglist, unchanged (304), nothing else has", port, PathOf, tags, withStamp: true);
            await MeasureAsync("pinglist, unchanged (304), but something else has", port, PathOf, tags);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resident at the end {Process.GetCurrentProcess().WorkingSet64 >> 20} MB"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string PathOf(int host) => $"/api/v1/pinglist/p{(host / HostsPerPod) + 1}-h{(host % HostsPerPod) + 1}";

    private static string Topology() => $$"""
        dcs:
          - name: dc[1-2]
            podsets:
              - name: ps[1-125]
                pods:
                  - name: pod[1-20]
                    hosts:
                      - name: "p{(dc.n-1)*2500+(podset.n-1)*20+pod.n}-h[1-{{HostsPerPod}}]"
                        address: "10.{(dc.n-1)*125+podset.n}.{pod.n}.{host.n}"
        """;

    private static async Task MeasureAsync(string name, int port, Func<int, string> path, string?[]? tags, bool withStamp = false)
    {
        var took = new double[Hosts];
        long bytes = 0;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(async () =>
        {
            using var socket = new TcpClient { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            var stream = socket.GetStream();
            var buffer = new byte[1 << 20];
            for (var host = connection; host < Hosts; host += Connections)
            {
                // Spread over the minute, as agents are.
                var due = Minute * ((double)host / Hosts);
                var early = due - Stopwatch.GetElapsedTime(begun);
                if (early > TimeSpan.FromMilliseconds(1)) await Task.Delay(early);
                var sent = Stopwatch.GetTimestamp();
                var tag = tags?[host];
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path(host)} HTTP/1.1\r\nHost: x\r\n{(tag is null ? "" : $"If-None-Match: {tag}\r\n")}{(tag is null || !withStamp ? "" : $"Pingmesh-Mesh: {stamp}\r\n")}\r\n"));
                var (length, etag, mesh) = await ReadAsync(stream, buffer);
                took[host] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
                if (tags is not null) (tags[host], stamp) = (etag, mesh);
                Interlocked.Add(ref bytes, length);
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(begun);
        var used = (Process.GetCurrentProcess().TotalProcessorTime - cpu) / elapsed;
        Array.Sort(took);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {elapsed.TotalSeconds:F1} s | {took[Hosts / 2]:F2} | {took[Hosts * 99 / 100]:F2} | {took[^1]:F1} | {bytes / Hosts:N0} | {used:F2} |"));
    }

    /// <summary>Reads one answer: its length and entity tag.</summary>
    private static async Task<(int Length, string? Tag, string? Stamp)> ReadAsync(NetworkStream stream, byte[] buffer)
    {
        var count = 0;
        while (true)
        {
            count += await stream.ReadAsync(buffer.AsMemory(count));
            var end = buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8);
            if (end < 0) continue;
            var head = Encoding.ASCII.GetString(buffer, 0, end);
            if (head.Split(' ')[1] is not ("200" or "304")) throw new InvalidDataException(head);
            var length = int.Parse(Header(head, "Content-Length") ?? "0", CultureInfo.InvariantCulture);
            while (count < end + 4 + length) count += await stream.ReadAsync(buffer.AsMemory(count));
            return (end + 4 + length, Header(head, "ETag"), Header(head, "Pingmesh-Mesh"));
        }
    }

    private static string? Header(string head, string name) =>
        head.Split("\r\n").FirstOrDefault(line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
