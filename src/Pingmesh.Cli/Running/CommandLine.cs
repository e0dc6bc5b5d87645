using System.CommandLine;
using Pingmesh.Core.Yaml;
using Pingmesh.Store;

namespace Pingmesh.Cli.Running;

/// <summary>
/// Runs the command that was asked for and turns what goes wrong into a message on stderr and an exit code:
/// 0 ok, 1 the thing failed, 2 wrong usage.
/// </summary>
internal static class CommandLine
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    public static async Task<int> RunAsync(RootCommand root, string[] args, Option<bool> debug)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync($"See '{Path(parsed.CommandResult.Command)} --help'.");
            return WrongUsage;
        }

        try
        {
            // Signals are each command's own business: see Signals.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (UsageException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return WrongUsage;
        }
        catch (ConfigurationException error)
        {
            foreach (var one in error.Errors) await Console.Error.WriteLineAsync(one.ToString());
            return Failed;
        }
        catch (Exception error) when (!parsed.GetValue(debug))
        {
            var expected = error is IOException or UnauthorizedAccessException or StoreException or HttpRequestException or FailedException;
            await Console.Error.WriteLineAsync(expected ? error.Message : $"unexpected error: {error.Message} (run again with --debug for more)");
            return Failed;
        }
    }

    private static string Path(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "pingmesh" : $"{Path(parent)} {command.Name}";
    }
}
