using System.CommandLine;
using Pingmesh.Core.Yaml;

namespace Pingmesh.AgentCli.Running;

/// <summary>
/// Runs the command that was asked for and turns what goes wrong into a message on stderr and an exit code:
/// 0 ok, 1 the thing failed, 2 wrong usage.
/// </summary>
internal static class CommandLine
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>The flag that shows stack traces; a part of every root command.</summary>
    public static readonly Option<bool> Debug = new("--debug") { Description = "Show stack traces of unexpected errors.", Recursive = true };

    /// <summary>Runs one of a program's commands.</summary>
    /// <param name="root">The program.</param>
    /// <param name="args">What it was called with.</param>
    /// <param name="isExpected">Whether an exception's message is all that a user needs, beyond those every command may meet.</param>
    public static async Task<int> RunAsync(RootCommand root, string[] args, Func<Exception, bool>? isExpected = null)
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
        catch (Exception error) when (!parsed.GetValue(Debug))
        {
            var expected = error is IOException or UnauthorizedAccessException or HttpRequestException or FailedException
                || isExpected?.Invoke(error) == true;
            await Console.Error.WriteLineAsync(expected ? error.Message : $"unexpected error: {error.Message} (run again with --debug for more)");
            return Failed;
        }
    }

    private static string Path(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? command.Name : $"{Path(parent)} {command.Name}";
    }
}
