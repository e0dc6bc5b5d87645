using System.CommandLine;
using Pingmesh.Cli.Commands;
using Pingmesh.Cli.Running;

var debug = new Option<bool>("--debug") { Description = "Show stack traces of unexpected errors.", Recursive = true };
var root = new RootCommand(
    """
    Pingmesh: every host probes its peers all the time, so that anyone can ask at any moment what the latency and the
    drop rate between any two hosts, pods, podsets or data centers is.

    Example: pingmesh demo
    """)
{
    debug,
    DemoCommand.Create(),
    ServerCommand.Create(),
    AgentCommand.Create(),
    TopologyCommand.Create(),
    PinglistCommand.Create(),
    SlaCommand.Create(),
    HeatmapCommand.Create(),
    ConfigCommand.Create(),
};

return await CommandLine.RunAsync(root, args, debug);
