using System.CommandLine;
using Pingmesh.AgentCli.Running;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh backup</c>: copies the store's file while the server runs.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("FILE") { Description = "The copy; must not exist yet." };
        var data = new Option<string>("--data") { Description = "The server's data folder.", HelpName = "DIR", DefaultValueFactory = _ => StateFolder.Default };
        var command = new Command(
            "backup",
            """
            Copy the store of a server on this machine to a file, while it runs: one state, with all that was accepted. To restore
            it, stop the server and put the file in place of 'pingmesh.db' in its data folder, without the -wal and -shm beside it.

            Example: pingmesh backup /var/backups/pingmesh.db
            """)
        {
            target, data,
        };
        command.SetAction(flags =>
        {
            var (from, to) = (Path.Combine(flags.GetValue(data)!, "pingmesh.db"), flags.GetValue(target)!);
            var bytes = SqliteBackup.Write(from, to);
            Console.WriteLine($"{to}: {bytes / (1024.0 * 1024.0):F1} MB");
            return CommandLine.Ok;
        });
        return command;
    }
}
