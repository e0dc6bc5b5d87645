using System.CommandLine;
using Microsoft.Extensions.Logging;
using Pingmesh.Agent.SelfWatch;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;

namespace Pingmesh.AgentCli.Commands;

/// <summary><c>pingmesh agent</c>.</summary>
internal static partial class AgentCommand
{
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

    private static async Task<int> RunAsync(ConfigurationFile settings, ParseResult flags, bool underParent)
    {
        var configuration = settings.Read(flags, "agent", AgentConfiguration.Read);
        if (configuration.Server is null)
            throw new UsageException($"{AgentConfiguration.ServerSetting.Flag} is missing: give the server, for example --server http://10.0.0.1:9000");
        if (configuration.Template.TlsCertificate is null != configuration.Template.TlsKey is null)
            throw new UsageException($"{AgentConfiguration.TlsCertSetting.Flag} and {AgentConfiguration.TlsKeySetting.Flag} go together: give both or none");
        var file = configuration.HostsFile is { } path ? new HostsFile(path) : null;
        if (file is not null && configuration.Hosts.Count > 0)
            throw new UsageException($"{AgentConfiguration.HostSetting.Flag} and {AgentConfiguration.HostsFileSetting.Flag} are both given; keep one");
        var hosts = file?.Read() ?? (configuration.Hosts.Count > 0 ? configuration.Hosts : [Environment.MachineName]);
        if (hosts.Distinct().Count() != hosts.Count) throw new UsageException($"{AgentConfiguration.HostSetting.Flag}: a host is given twice");
        if ((hosts.Count > 1 || file is not null) && configuration.Template.Addresses.Count > 0)
            throw new UsageException($"{AgentConfiguration.AddressSetting.Flag} goes with one host only: several answer at their addresses of the topology");

        ResidentMemory.UseOneHeap();
        using var signals = new Signals(underParent);
        if (underParent) signals.StopWithStandardInput();
        using var loggers = Logs.Create(configuration.Log);
        var spool = StateFolder.Ensure(configuration.Template.SpoolFolder, AgentConfiguration.SpoolSetting.Flag);
        using var limits = new FollowedSettings<Agent.AgentLimits>(
            configuration.Template.Limits(),
            () => settings.Read(flags, "agent", AgentConfiguration.ReadLimits),
            ConfigurationFile.FileOf(flags) is not null,
            loggers.CreateLogger<Agent.AgentLimits>());
        var template = configuration.Template with { Limits = () => limits.Current };
        using var spaces = new NetworkSpaces(configuration.Netns);
        using var agents = new AgentGroup(host =>
        {
            var folder = hosts.Count == 1 && file is null ? spool : StateFolder.Ensure(Path.Combine(spool, host), AgentConfiguration.SpoolSetting.Flag);
            var own = template with { Host = host, SpoolFolder = folder, RawLog = RawLogOf(template, host, hosts.Count), Space = spaces.Open(host) };
            return new Agent.Agent(own, loggers, TimeProvider.System);
        });
        using var keepSmall = new Timer(_ => ResidentMemory.GiveBack(), null, FirstGiveBack, NextGiveBack);
        await RunAllAsync(agents, hosts, file, loggers.CreateLogger<HostsFile>(), signals.Token);
        return CommandLine.Ok;
    }

    /// <summary>Where an agent logs raw results: each of several hosts into a file of its own.</summary>
    private static Agent.Observe.RawResultLogSettings? RawLogOf(Agent.AgentSettings template, string host, int hosts) =>
        template.RawLog is { } log && hosts > 1 ? log with { Path = $"{log.Path}.{host}", LimitBytes = log.LimitBytes / hosts } : template.RawLog;

    /// <summary>Runs agents until cancelled, or until one of them fails, which ends all.</summary>
    private static async Task RunAllAsync(AgentGroup agents, IReadOnlyList<string> hosts, HostsFile? file, ILogger<HostsFile> logger, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            await agents.FollowAsync(hosts, stop.Token);
            while (true)
            {
                using var again = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                var changed = file?.ChangedAsync(problem => LogHostsRefused(logger, problem), again.Token);
                var failed = agents.FailedAsync(again.Token);
                await Task.WhenAny([failed, .. changed is null ? (Task[])[] : [changed]]);
                await again.CancelAsync();
                if (stop.IsCancellationRequested || failed.IsFaulted || changed is not { IsCompletedSuccessfully: true }) break;
                try
                {
                    await agents.FollowAsync(await changed, stop.Token);
                }
                catch (IOException error)
                {
                    // A host that cannot be spoken for, for want of its namespace say, must not take the others along.
                    LogHostsRefused(logger, error.Message);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await agents.StoppedAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The file of hosts was changed but cannot be followed: {Problem}")]
    private static partial void LogHostsRefused(ILogger logger, string problem);
}
