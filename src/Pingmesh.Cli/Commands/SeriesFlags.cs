using System.CommandLine;
using Pingmesh.Core.Probes;

namespace Pingmesh.Cli.Commands;

/// <summary>The flags that choose series: <c>--kind</c>, <c>--class</c>, <c>--qos</c>.</summary>
internal sealed class SeriesFlags
{
    private readonly Option<string?> kind = new("--kind") { Description = "Only probes of this kind.", HelpName = "KIND" };
    private readonly Option<string?> probeClass = new("--class") { Description = "Only probes of this class.", HelpName = "CLASS" };
    private readonly Option<int?> qos = new("--qos") { Description = "Only probes of this QoS, a DSCP from 0 to 63.", HelpName = "DSCP" };

    public SeriesFlags(Command command)
    {
        kind.AcceptOnlyFromAmong([.. Enum.GetValues<ProbeKind>().Select(one => one.Name())]);
        probeClass.AcceptOnlyFromAmong([.. Enum.GetValues<ProbeClass>().Select(one => one.Name())]);
        command.Add(kind);
        command.Add(probeClass);
        command.Add(qos);
    }

    /// <summary>The filter as the parameters of a request, each with a leading ampersand.</summary>
    public string ToQuery(ParseResult flags) =>
        (flags.GetValue(kind) is { } one ? $"&kind={one}" : "") + (flags.GetValue(probeClass) is { } two ? $"&class={two}" : "") + (flags.GetValue(qos) is { } three ? $"&qos={three}" : "");
}
