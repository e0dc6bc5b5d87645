using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Pingmesh.Store.ClickHouse;

namespace Pingmesh.SystemTests.Store;

/// <summary>ClickHouse servers on loopback, each a shard of one cluster.</summary>
public sealed class ClickHouseCluster : IDisposable
{
    private const string Name = "shards";

    private readonly string folder = Directory.CreateTempSubdirectory("pingmesh-clickhouse-").FullName;
    private readonly List<Node> nodes = [];

    /// <summary>Two shards.</summary>
    public ClickHouseCluster()
    {
        Program = Find();
        if (Program is null) return;
        var ports = FreePorts(6);
        for (var i = 0; i < 2; i++) nodes.Add(new Node(Path.Combine(folder, $"node{i}"), ports[3 * i], ports[(3 * i) + 1], ports[(3 * i) + 2]));
        foreach (var node in nodes) Configure(node);
        foreach (var node in nodes) Start(node);
        foreach (var node in nodes) WaitFor(node);
    }

    private string? Program { get; }

    /// <summary>Settings for a database of its own.</summary>
    public ClickHouseSettings NewDatabase()
    {
        if (Program is null) Assert.Skip("needs 'clickhouse-server': install the Debian package clickhouse-server");
        return new ClickHouseSettings { Urls = [.. nodes.Select(node => node.Url)], Cluster = Name, Database = $"test_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}" };
    }

    /// <summary>Settings for one of the servers alone.</summary>
    public ClickHouseSettings NewDatabaseOnOneServer() => NewDatabase() with { Urls = [nodes[0].Url], Cluster = null };

    /// <summary>Kills a shard.</summary>
    public void Kill(int shard)
    {
        nodes[shard].Process!.Kill();
        nodes[shard].Process!.WaitForExit();
    }

    /// <summary>Starts a shard again.</summary>
    public void Restart(int shard)
    {
        Start(nodes[shard]);
        WaitFor(nodes[shard]);
    }

    public void Dispose()
    {
        foreach (var node in nodes.Where(node => node.Process is { HasExited: false }))
        {
            node.Process!.Kill();
            node.Process.WaitForExit();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/usr/bin")
        .Select(place => Path.Combine(place, "clickhouse-server")).FirstOrDefault(File.Exists);

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Stop();
        return ports;
    }

    private void Configure(Node node)
    {
        Directory.CreateDirectory(Path.Combine(node.Folder, "data"));
        Directory.CreateDirectory(Path.Combine(node.Folder, "tmp"));
        var shards = string.Concat(nodes.Select(one => $"<shard><replica><host>127.0.0.1</host><port>{one.Tcp}</port></replica></shard>"));
        File.WriteAllText(Path.Combine(node.Folder, "config.xml"), $"""
            <yandex>
              <logger><level>warning</level><log>{node.Folder}/server.log</log><errorlog>{node.Folder}/error.log</errorlog></logger>
              <http_port>{node.Http}</http_port><tcp_port>{node.Tcp}</tcp_port><interserver_http_port>{node.Interserver}</interserver_http_port><listen_host>127.0.0.1</listen_host>
              <path>{node.Folder}/data/</path><tmp_path>{node.Folder}/tmp/</tmp_path><mark_cache_size>16777216</mark_cache_size>
              <users_config>{node.Folder}/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
              <remote_servers><{Name}>{shards}</{Name}></remote_servers>
            </yandex>
            """);
        File.WriteAllText(Path.Combine(node.Folder, "users.xml"), """
            <yandex>
              <profiles><default><max_memory_usage>4000000000</max_memory_usage></default></profiles>
              <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
              <quotas><default></default></quotas>
            </yandex>
            """);
    }

    private void Start(Node node)
    {
        var start = new ProcessStartInfo(Program!, [$"--config-file={node.Folder}/config.xml"]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = node.Folder };
        node.Process = Process.Start(start)!;
        node.Process.BeginOutputReadLine();
        node.Process.BeginErrorReadLine();
    }

    private static void WaitFor(Node node)
    {
        using var http = new HttpClient { BaseAddress = node.Url, Timeout = TimeSpan.FromSeconds(5) };
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (http.GetStringAsync("/ping").GetAwaiter().GetResult().StartsWith("Ok", StringComparison.Ordinal)) return;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException && clock.Elapsed < TimeSpan.FromSeconds(30))
            {
                Thread.Sleep(50);
            }
        }
    }

    private sealed class Node(string folder, int http, int tcp, int interserver)
    {
        public string Folder => folder;

        public int Http => http;

        public int Tcp => tcp;

        public int Interserver => interserver;

        public Uri Url => new($"http://127.0.0.1:{http}");

        public Process? Process { get; set; }
    }
}
