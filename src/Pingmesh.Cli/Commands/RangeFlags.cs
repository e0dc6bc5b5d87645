using System.CommandLine;
using Pingmesh.AgentCli.Running;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Cli.Commands;

/// <summary>The flags that choose a time range: <c>--live</c>, <c>--last 10m</c>, or <c>--from</c> and <c>--to</c>.</summary>
internal sealed class RangeFlags
{
    private readonly Option<bool> live = new("--live") { Description = "The last seconds." };
    private readonly Option<string?> last = new("--last") { Description = "The time up to now, such as 10m or 2h.", HelpName = "DURATION" };
    private readonly Option<string?> from = new("--from") { Description = "Start: Unix seconds or a time such as 2026-11-20T14:00:00Z.", HelpName = "TIME" };
    private readonly Option<string?> to = new("--to") { Description = "End, likewise; default now.", HelpName = "TIME" };
    private readonly string? defaultLast;

    /// <param name="command">The command that gets the flags.</param>
    /// <param name="defaultLast">The range without any flag; null for live.</param>
    public RangeFlags(Command command, string? defaultLast)
    {
        this.defaultLast = defaultLast;
        last.Description += defaultLast is null ? " Default: live." : $" Default {defaultLast}.";
        command.Add(live);
        command.Add(last);
        command.Add(from);
        command.Add(to);
    }

    /// <summary>The range as the parameters of a request, each with a leading ampersand.</summary>
    public string ToQuery(ParseResult flags)
    {
        var (isLive, given, start, end) = (flags.GetValue(live), flags.GetValue(last), flags.GetValue(from), flags.GetValue(to));
        if ((isLive ? 1 : 0) + (given is null ? 0 : 1) + (start is null && end is null ? 0 : 1) > 1)
            throw new UsageException("--live, --last and --from/--to exclude each other; keep one");
        if (start is not null || end is not null)
            return (start is null ? "" : $"&from={Uri.EscapeDataString(start)}") + (end is null ? "" : $"&to={Uri.EscapeDataString(end)}");
        if (isLive || (given ?? defaultLast) is not { } text) return "";
        if (!DurationText.TryParse(text, out var duration) || duration < TimeSpan.FromSeconds(1))
            throw new UsageException($"--last: '{text}' is no duration of a second or more; {DurationText.Rule}");
        var now = DateTimeOffset.UtcNow;
        return $"&from={(now - duration).ToUnixTimeSeconds()}&to={now.ToUnixTimeSeconds()}";
    }
}
