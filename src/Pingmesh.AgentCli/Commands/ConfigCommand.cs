using System.CommandLine;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;

namespace Pingmesh.AgentCli.Commands;

/// <summary><c>pingmesh config check</c>.</summary>
internal static class ConfigCommand
{
    public static Command Create(ConfigurationFile configuration)
    {
        var file = new Argument<string>("FILE") { Description = "The configuration file." };
        var check = new Command("check", "Check a configuration file, and say everything that is wrong with it.\n\nExample: pingmesh config check /etc/pingmesh/pingmesh.yaml")
        {
            file,
        };
        check.SetAction(async (flags, _) =>
        {
            var path = flags.GetValue(file)!;
            var errors = configuration.Check(ConfigurationFile.Load(path), path);
            foreach (var error in errors) await Console.Error.WriteLineAsync(error.ToString());
            if (errors.Count > 0) return CommandLine.Failed;
            await Console.Out.WriteLineAsync($"{path}: ok");
            return CommandLine.Ok;
        });
        return new Command("config", "Work with the configuration file.") { check };
    }
}
