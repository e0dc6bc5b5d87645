using System.Diagnostics;
using System.Globalization;
using Pingmesh.Core;

namespace Pingmesh.Bench.Agents;

/// <summary>One of the programs measured side by side.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Start">Starts it, probing 2,500 peers at 250 probes/s.</param>
/// <param name="Icmp">Whether its probes are echo requests rather than connects.</param>
/// <param name="Driven">Whether it must be asked for each probe, as the exporter must.</param>
internal sealed record Contender(string Name, Func<PeerNetwork, PinglistServer, Process> Start, bool Icmp = false, bool Driven = false)
{
    public const int Rate = 250;
    public const string ExporterAddress = "127.0.0.1:9115";

    private static readonly string Port = Text(Ports.Responder);

    /// <summary>All of them.</summary>
    /// <param name="built">Folder of the agent's forms and the other probers.</param>
    /// <param name="config">Folder of the exporter's configuration.</param>
    public static IReadOnlyList<Contender> All(string built, string config) =>
    [
        new("the engine in C (lazy)", (network, _) => Prober(network, $"{built}/lazy_prober")),
        new("our engine alone (.NET 10)", (network, _) => network.Start(Environment.ProcessPath!, [.. Self, "agent-engine"])),
        .. Agents(built),
        new("epoll in C", (network, _) => Prober(network, $"{built}/epoll_prober")),
        new("fping (ICMP)", (network, _) => network.Start("fping", "-l", "-Q", "3600", "-p", "10000", "-i", "4", "-f", PeerFile(built)), Icmp: true),
        new("Go net.Dial", (network, _) => Prober(network, $"{built}/dial")),
        new("blackbox_exporter", (network, _) => network.Start(
            "prometheus-blackbox-exporter", $"--config.file={config}/blackbox.yml", $"--web.listen-address={ExporterAddress}", "--log.level=error"), Driven: true),
    ];

    /// <summary>The agent in its three forms.</summary>
    public static IEnumerable<Contender> Agents(string built) =>
    [
        new("agent, ordinary", (network, server) => Agent(network, server, "dotnet", $"{built}/ordinary/pingmesh-agent.dll")),
        new("agent, single file", (network, server) => Agent(network, server, $"{built}/single/pingmesh-agent")),
        new("agent, NativeAOT", (network, server) => Agent(network, server, $"{built}/aot/pingmesh-agent")),
    ];

    // How this program runs itself: by its own executable, or by dotnet and its library.
    private static string[] Self => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Contender).Assembly.Location] : [];

    private static Process Prober(PeerNetwork network, string program) =>
        network.Start(program, PeerNetwork.FirstPeer, Text(PeerNetwork.Peers), Port, Text(Rate));

    private static Process Agent(PeerNetwork network, PinglistServer server, string program, params string[] first) => network.Start(
        program, [.. first, "agent", "--server", server.Url, "--host", "bench", "--address", PeerNetwork.Client, "--spool", Spool(), "--log-level", "warning"]);

    private static string PeerFile(string folder)
    {
        var path = $"{folder}/peers.txt";
        File.WriteAllLines(path, PeerNetwork.Addresses().Select(address => address.ToString()));
        return path;
    }

    private static string Spool() => Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"pingmesh-bench-{Environment.ProcessId}")).FullName;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
