using System.CommandLine;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Configuration;
using Pingmesh.Controller.Sources;
using Pingmesh.Core.Yaml;
using Pingmesh.Server;
using Pingmesh.Server.Access;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh server</c>.</summary>
internal static class ServerCommand
{
    private const int DefaultMetricsScopes = 1_000;

    public static Command Create(ConfigurationFile file)
    {
        var underParent = Signals.UnderParentOption();
        var command = new Command(
            "server",
            """
            Run the server: who probes whom, what was measured, the web page and the API.

            Example: pingmesh server --topology /etc/pingmesh/topology.yaml
                     pingmesh server                                    (agents join by their labels)
            """)
        {
            underParent,
        };
        foreach (var setting in ServerConfiguration.All.Concat(AlertsConfiguration.All)) command.Add(setting.Option);
        command.SetAction((flags, _) => RunAsync(file, flags, flags.GetValue(underParent)));
        return command;
    }

    private static async Task<int> RunAsync(ConfigurationFile file, ParseResult flags, bool underParent)
    {
        var configuration = file.Read(flags, "server", ServerConfiguration.Read);
        if (configuration.Mesh.Validate() is { Count: > 0 } wrong) throw new UsageException(string.Join('\n', wrong));

        using var signals = new Signals(underParent);
        if (underParent) signals.StopWithStandardInput();
        using var loggers = Logs.Create(configuration.Log);
        var settings = new ServerSettings
        {
            Listen = configuration.Listen,
            DataFolder = StateFolder.Ensure(configuration.Data, ServerConfiguration.DataSetting.Flag),
            Topology = configuration.Topology,
            Store = configuration.Store.ToSettings(),
            ServicesFile = configuration.ServicesFile,
            Collectors = configuration.Store.ToCollectors(),
            MetricsScopes = configuration.MetricsScopes ?? DefaultMetricsScopes,
            Tls = configuration.Tls.ToFiles(),
            ApiKeysFile = configuration.ApiKeysFile,
            Proxy = configuration.Proxy,
            Insecure = configuration.Insecure,
            Alerts = file.Read(flags, AlertsConfiguration.Section, AlertsConfiguration.Read),
            Version = ProgramVersion.Text,
        };
        var tokens = settings.LoopbackOnly || settings.Insecure ? null : AccessTokens.Open(settings.DataFolder);
        var follow = ConfigurationFile.FileOf(flags) is not null;
        using var mesh = new FollowedSettings<Controller.MeshGraphs.MeshSettings>(
            configuration.Mesh,
            () => ReadMesh(file, flags),
            follow,
            loggers.CreateLogger<Controller.MeshGraphs.MeshSettings>());
        using var graphs = configuration.MeshFile is { } path ? OpenMesh(path, mesh, loggers) : null;
        await using var server = await PingmeshServer.StartAsync(settings, () => graphs?.Current ?? mesh.Current, tokens, loggers, TimeProvider.System);
        Greet(settings, tokens);
        await signals.WaitAsync();
        await Console.Out.WriteLineAsync("stopping: what was measured is being written");
        return CommandLine.Ok;
    }

    // Flags and configuration file say how graphs probe that do not say it themselves.
    private static FollowedFile<Controller.MeshGraphs.MeshSettings> OpenMesh(
        string path, FollowedSettings<Controller.MeshGraphs.MeshSettings> defaults, ILoggerFactory loggers) => new(
        path,
        (text, file) =>
        {
            var reading = Controller.MeshGraphs.MeshYaml.Read(text, file, defaults.Current);
            return (reading.Settings, reading.Errors);
        },
        TimeProvider.System,
        loggers.CreateLogger<Controller.MeshGraphs.MeshSettings>());

    private static Controller.MeshGraphs.MeshSettings ReadMesh(ConfigurationFile file, ParseResult flags)
    {
        var mesh = file.Read(flags, "server", ServerConfiguration.Read).Mesh;
        return mesh.Validate() is { Count: > 0 } wrong
            ? throw new ConfigurationException([.. wrong.Select(problem => new ConfigurationError("probe settings", 1, 1, problem))])
            : mesh;
    }

    private static void Greet(ServerSettings settings, AccessTokens? tokens)
    {
        var endpoint = settings.Listen[0];
        var any = endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any);
        var url = $"{(settings.Tls is null ? "http" : "https")}://{new IPEndPoint(any ? OwnAddress() : endpoint.Address, endpoint.Port)}";
        Console.WriteLine($"pingmesh server {settings.Version} at {url}");
        if (tokens is null)
        {
            Console.WriteLine($"  page:   {url}/");
            Console.WriteLine($"  agents: pingmesh agent --server {url} --host NAME   (this machine only; --listen '*:{endpoint.Port}' opens it to others)");
        }
        else
        {
            Console.WriteLine($"  page:   {url}/login?token={tokens.Viewer}");
            Console.WriteLine($"  agents: pingmesh agent --server {url} --token {tokens.Agent}");
        }

        Console.WriteLine("  stop:   Ctrl-C");
    }

    /// <summary>An address that other machines may reach this one at.</summary>
    private static IPAddress OwnAddress() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus == OperationalStatus.Up && card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? IPAddress.Loopback;
}
