using System.CommandLine;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Configuration;
using Pingmesh.Store.ClickHouse;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh store migrate</c>: makes the tables of a ClickHouse store.</summary>
internal static class StoreCommand
{
    public static Command Create(ConfigurationFile file)
    {
        var migrate = new Command(
            "migrate",
            """
            Make the tables of a ClickHouse store, or bring them up to date, on every node. May be run again at any time.

            Example: pingmesh store migrate --clickhouse-url http://10.0.0.1:8123
            """);
        migrate.Add(ConfigurationFile.Path.Option);
        foreach (var setting in ClickHouseConfiguration.All) migrate.Add(setting.Option);
        migrate.SetAction(async (flags, cancel) =>
        {
            var settings = file.Read(flags, "server", ClickHouseConfiguration.Read).ToSettings();
            using var schema = new ClickHouseSchema(settings);
            await schema.MigrateAsync(Console.WriteLine, cancel);
            return CommandLine.Ok;
        });
        return new Command("store", "Work with the store of measurements.") { migrate };
    }
}
