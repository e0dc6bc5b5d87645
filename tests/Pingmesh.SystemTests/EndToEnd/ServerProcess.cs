using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Pingmesh.SystemTests.EndToEnd;

/// <summary>A real server process on a free loopback port, with a data folder that outlives it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly string listen;
    private readonly List<string> log = [];
    private Process? process;

    private readonly string scheme;

    public ServerProcess(string topology, string address = "127.0.0.1", HttpMessageHandler? tls = null)
    {
        scheme = tls is null ? "http" : "https";
        Folder = Directory.CreateTempSubdirectory("pingmesh-test-").FullName;
        TopologyFile = Path.Combine(Folder, "topology.yaml");
        File.WriteAllText(TopologyFile, topology);
        Port = FreePort();
        listen = $"{address}:{Port}";
        Http = new HttpClient(tls ?? new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(20) };
    }

    public string Folder { get; }

    public string TopologyFile { get; }

    public int Port { get; }

    public Uri Url => new($"{scheme}://127.0.0.1:{Port}");

    public HttpClient Http { get; }

    public string Log
    {
        get
        {
            lock (log) return string.Join('\n', log);
        }
    }

    /// <summary>Starts it, and waits until it is ready.</summary>
    /// <param name="flags">Further flags; an empty topology leaves out the file.</param>
    public async Task StartAsync(params string[] flags)
    {
        string[] topology = new FileInfo(TopologyFile).Length == 0 ? [] : ["--topology", TopologyFile];
        process = Process.Start(CommandRun.StartInfo(["server", "--listen", listen, .. topology, "--data", Path.Combine(Folder, "data"), .. flags]))!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Eventually.IsTrueAsync(async () => (await Http.GetAsync("/readyz")).IsSuccessStatusCode, TimeSpan.FromSeconds(30), () => Log);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{process!.Id}"])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async Task<T> GetAsync<T>(string path) => (await Http.GetFromJsonAsync<T>(path, Json))!;

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await KillAsync();
        process?.Dispose();
        Http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (log) log.Add(line);
    }
}
