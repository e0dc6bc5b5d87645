using System.CommandLine;

namespace Pingmesh.Cli.Commands;

/// <summary>The flag that asks for a table for other tools: <c>--format csv</c>.</summary>
internal static class ExportFlag
{
    public static Option<string?> Option(params string[] formats)
    {
        var option = new Option<string?>("--format") { Description = $"Print a table for other tools: {string.Join(", ", formats)}.", HelpName = "FORMAT" };
        option.AcceptOnlyFromAmong(formats);
        return option;
    }
}
