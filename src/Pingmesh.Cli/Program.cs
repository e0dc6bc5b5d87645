using System.CommandLine;
using Pingmesh.AgentCli.Commands;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Commands;
using Pingmesh.Cli.Commands.Labs;
using Pingmesh.Cli.Configuration;
using Pingmesh.Lab;
using Pingmesh.Store;

var file = new ConfigurationFile(new Dictionary<string, Action<SettingSource>?>
{
    ["server"] = ServerConfiguration.Check,
    ["agent"] = AgentConfiguration.Check,
    [AlertsConfiguration.Section] = AlertsConfiguration.Check,
});
var root = new RootCommand(
    """
    Pingmesh: every host probes its peers all the time, so that anyone can ask at any moment what the latency and the
    drop rate between any two hosts, pods, podsets or data centers is.

    Example: pingmesh demo
    """)
{
    CommandLine.Debug,
    DemoCommand.Create(),
    ServerCommand.Create(file),
    AgentCommand.Create(file),
    PingCommand.Create(),
    TraceCommand.Create(),
    TopologyCommand.Create(),
    PinglistCommand.Create(file),
    AgentsCommand.Create(),
    PauseCommand.Create(),
    PauseCommand.CreateResume(),
    KeyCommand.Create(),
    StoreCommand.Create(file),
    BackupCommand.Create(),
    SlaCommand.Create(),
    HeatmapCommand.Create(),
    LatencyCommand.Create(),
    WorstCommand.Create(),
    VerdictCommand.Create(),
    GuardCommand.Create(),
    TestCommand.Create(),
    AuditCommand.Create(),
    IncidentsCommand.Create(),
    CoverageCommand.Create(),
    AlertsCommand.Create(file),
    ConfigCommand.Create(file),
    LabCommand.Create(),
    SimulateCommand.Create(),
};

return await CommandLine.RunAsync(root, args, error => error is StoreException or LabException);
