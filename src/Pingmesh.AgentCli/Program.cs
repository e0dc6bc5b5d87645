using System.CommandLine;
using Pingmesh.AgentCli.Commands;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;

var file = new ConfigurationFile(new Dictionary<string, Action<SettingSource>?>
{
    ["server"] = null,
    ["alerts"] = null,
    ["agent"] = AgentConfiguration.Check,
});
var root = new RootCommand(
    """
    The part of pingmesh that a probed host needs: probe its peers, answer probes, upload what was measured.

    Example: pingmesh-agent agent --server http://10.0.0.1:9000 --token-file /etc/pingmesh/token
    """)
{
    CommandLine.Debug,
    AgentCommand.Create(file),
    PingCommand.Create(),
    TraceCommand.Create(),
    ConfigCommand.Create(file),
};

return await CommandLine.RunAsync(root, args);
