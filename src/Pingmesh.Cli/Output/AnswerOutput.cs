using System.CommandLine;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Running;

namespace Pingmesh.Cli.Output;

/// <summary>Prints the server's answer as the flags ask for it: for people, as one JSON value, or as a table for other tools.</summary>
internal sealed class AnswerOutput
{
    private readonly Option<string?> format;
    private readonly Option<bool> json = JsonOutput.Option();

    /// <param name="command">The command that gets the flags.</param>
    /// <param name="formats">The tables that the answer can be had as.</param>
    public AnswerOutput(Command command, params string[] formats)
    {
        format = new Option<string?>("--format") { Description = $"Print a table for other tools: {string.Join(", ", formats)}.", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong(formats);
        command.Add(format);
        command.Add(json);
    }

    /// <summary>Asks, and prints what comes.</summary>
    /// <param name="flags">The flags.</param>
    /// <param name="path">The request; it has parameters already.</param>
    /// <param name="show">Prints the answer for people.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="FailedException">There is no answer, or it is an error; says which.</exception>
    public async Task<int> PrintAsync<T>(ParseResult flags, string path, Action<T> show, CancellationToken cancel)
    {
        if (flags.GetValue(format) is not null && flags.GetValue(json)) throw new UsageException("--format and --json exclude each other; keep one");
        using var api = ApiClient.Create(flags);
        if (flags.GetValue(format) is { } table)
        {
            await Console.Out.WriteAsync(await api.GetTextAsync($"{path}&format={table}", cancel));
            return CommandLine.Ok;
        }

        var (text, answer) = await api.GetAsync<T>(path, cancel);
        if (flags.GetValue(json)) await Console.Out.WriteLineAsync(text);
        else show(answer);
        return CommandLine.Ok;
    }
}
