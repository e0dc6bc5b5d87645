using System.CommandLine;
using Microsoft.Extensions.Logging;
using Pingmesh.Agent.SelfWatch;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;

namespace Pingmesh.AgentCli.Commands;

/// <summary><c>pingmesh agent</c>.</summary>
internal static class AgentCommand
{
    // How long the agents of one process wait for each other: one whose pinglist cannot be had must not hold up the rest.
    private static readonly TimeSpan StartTogether = TimeSpan.FromSeconds(10);

    // A start is over after half a minute; later growth comes back by and by.
    private static readonly TimeSpan FirstGiveBack = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan NextGiveBack = TimeSpan.FromMinutes(10);

    public static Command Create(ConfigurationFile file)
    {
        var underParent = Signals.UnderParentOption();
        var command = new Command(
            "agent",
            """
            Run this host's agent: probe its peers, answer probes, upload what was measured.

            Example: pingmesh agent --server http://10.0.0.1:9000 --token-file /etc/pingmesh/token
            """)
        {
            underParent,
        };
        foreach (var setting in AgentConfiguration.All) command.Add(setting.Option);
        command.SetAction((flags, _) => RunAsync(file, flags, flags.GetValue(underParent)));
        return command;
    }

    private static async Task<int> RunAsync(ConfigurationFile file, ParseResult flags, bool underParent)
    {
        var configuration = file.Read(flags, "agent", AgentConfiguration.Read);
        if (configuration.Server is null)
            throw new UsageException($"{AgentConfiguration.ServerSetting.Flag} is missing: give the server, for example --server http://10.0.0.1:9000");
        if (configuration.Template.TlsCertificate is null != configuration.Template.TlsKey is null)
            throw new UsageException($"{AgentConfiguration.TlsCertSetting.Flag} and {AgentConfiguration.TlsKeySetting.Flag} go together: give both or none");
        var hosts = configuration.Hosts.Count > 0 ? configuration.Hosts : [Environment.MachineName];
        if (hosts.Distinct().Count() != hosts.Count) throw new UsageException($"{AgentConfiguration.HostSetting.Flag}: a host is given twice");
        if (hosts.Count > 1 && configuration.Template.Addresses.Count > 0)
            throw new UsageException($"{AgentConfiguration.AddressSetting.Flag} goes with one host only: several answer at their addresses of the topology");

        ResidentMemory.UseOneHeap();
        using var signals = new Signals(underParent);
        if (underParent) signals.StopWithStandardInput();
        using var loggers = Logs.Create(configuration.Log);
        var spool = StateFolder.Ensure(configuration.Template.SpoolFolder, AgentConfiguration.SpoolSetting.Flag);
        using var limits = new FollowedSettings<Agent.AgentLimits>(
            configuration.Template.Limits(),
            () => file.Read(flags, "agent", AgentConfiguration.ReadLimits),
            ConfigurationFile.FileOf(flags) is not null,
            loggers.CreateLogger<Agent.AgentLimits>());
        var template = configuration.Template with { Limits = () => limits.Current };
        var agents = new List<Agent.Agent>();
        try
        {
            foreach (var host in hosts)
            {
                var folder = hosts.Count == 1 ? spool : StateFolder.Ensure(Path.Combine(spool, host), AgentConfiguration.SpoolSetting.Flag);
                agents.Add(new Agent.Agent(template with { Host = host, SpoolFolder = folder, RawLog = RawLogOf(template, host, hosts.Count) }, loggers, TimeProvider.System));
            }

            await RunAllAsync(agents, signals.Token);
        }
        finally
        {
            foreach (var agent in agents) agent.Dispose();
        }

        return CommandLine.Ok;
    }

    /// <summary>Where an agent logs raw results: each of several hosts into a file of its own.</summary>
    private static Agent.Observe.RawResultLogSettings? RawLogOf(Agent.AgentSettings template, string host, int hosts) =>
        template.RawLog is { } log && hosts > 1 ? log with { Path = $"{log.Path}.{host}", LimitBytes = log.LimitBytes / hosts } : template.RawLog;

    /// <summary>Runs agents until cancelled, or until one of them fails, which ends all.</summary>
    private static async Task RunAllAsync(List<Agent.Agent> agents, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);

        // Agents of one process are often each other's peers: none is to be found dead because it is not up yet.
        var answering = Task.WhenAny(Task.WhenAll(agents.Select(agent => agent.Answering)), Task.Delay(StartTogether, stop.Token));
        var running = agents.Select(agent => agent.RunAsync(stop.Token, agents.Count == 1 ? null : answering)).ToList();
        var all = Task.WhenAll(running);
        using var keepSmall = new Timer(_ => ResidentMemory.GiveBack(), null, FirstGiveBack, NextGiveBack);
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            if (ended.IsFaulted) await stop.CancelAsync();
        }

        await all;
    }
}
