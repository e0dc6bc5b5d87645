using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Pingmesh.AgentCli.Running;
using Pingmesh.Lab.Faults;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary>The flags that say where a fault is and how much of it.</summary>
internal static partial class FaultFlags
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(10);

    private static readonly Option<string> At = new("--at") { Description = "Where.", HelpName = "WHERE", Required = true };
    private static readonly Option<double?> Percent = new("--percent") { Description = "Share of packets, or of address pairs or five-tuples, above 0 to 100.", HelpName = "P" };
    private static readonly Option<int?> Dscp = new("--dscp") { Description = "QoS class, 0 to 63.", HelpName = "DSCP" };
    private static readonly Option<string?> From = new("--from") { Description = "Host that the packets come from.", HelpName = "HOST" };
    private static readonly Option<string?> To = new("--to") { Description = "Host that they go to.", HelpName = "HOST" };
    private static readonly Option<string?> SourcePorts = new("--source-ports") { Description = "Source ports: 41000-41999, or 'mod 8 = 4' for every eighth. Linux connects from even ports first.", HelpName = "PORTS" };
    private static readonly Option<string?> Prefix = new("--prefix") { Description = "Destinations, such as 10.1.3.0/24.", HelpName = "PREFIX" };
    private static readonly Option<string?> Delay = new("--delay") { Description = "Time that each packet is held up, to 10s.", HelpName = "DURATION" };
    private static readonly Option<string?> Jitter = new("--jitter") { Description = "By how much the delay varies, up and down.", HelpName = "DURATION" };
    private static readonly Option<string?> Rate = new("--rate") { Description = "Bits a second, such as 10mbit.", HelpName = "RATE" };
    private static readonly Option<int?> Above = new("--above") { Description = "Largest packet that still passes, bytes with IP header.", HelpName = "BYTES" };
    private static readonly Option<string?> Via = new("--via") { Description = "The neighbour above that all is sent over.", HelpName = "SWITCH" };

    public static void AddTo(Command command)
    {
        foreach (var option in new Option[] { At, Percent, Dscp, From, To, SourcePorts, Prefix, Delay, Jitter, Rate, Above, Via }) command.Add(option);
    }

    /// <exception cref="UsageException">A value is no value of its flag; says what is.</exception>
    public static (string At, FaultOptions Options) Read(ParseResult flags)
    {
        var percent = flags.GetValue(Percent);
        if (percent is { } share && !(share is > 0 and <= 100)) throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--percent: {share} is out of range; it is above 0, and at most 100"));
        if (flags.GetValue(Dscp) is { } dscp and (< 0 or > 63)) throw new UsageException($"--dscp: {dscp} is out of range; it goes from 0 to 63");
        if (flags.GetValue(Above) is { } above and (< 68 or > 65_535)) throw new UsageException($"--above: {above} is out of range; it goes from 68 to 65535");
        return (flags.GetValue(At)!, new FaultOptions
        {
            Percent = percent,
            Dscp = flags.GetValue(Dscp),
            From = flags.GetValue(From),
            To = flags.GetValue(To),
            SourcePorts = flags.GetValue(SourcePorts) is { } ports
                ? PortPattern.Parse(ports) ?? throw new UsageException($"--source-ports: '{ports}' is no set of ports; write 41000-41999, or 'mod 8 = 4' with a power of two")
                : null,
            Prefix = flags.GetValue(Prefix),
            Delay = Time("--delay", flags.GetValue(Delay)),
            Jitter = Time("--jitter", flags.GetValue(Jitter)),
            Rate = flags.GetValue(Rate) is { } rate ? ReadRate(rate) : null,
            Above = flags.GetValue(Above),
            Via = flags.GetValue(Via),
        });
    }

    private static TimeSpan? Time(string flag, string? text) => text is null ? null : FlagRanges.Duration(flag, text, TimeSpan.FromMicroseconds(1), MaxDelay);

    private static long ReadRate(string text)
    {
        var match = RatePattern().Match(text);
        var unit = match.Groups[2].Value switch { "k" => 1_000L, "m" => 1_000_000L, "g" => 1_000_000_000L, _ => 0 };
        return match.Success && decimal.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * unit is >= 8_000 and <= 100_000_000_000
            ? (long)(number * unit)
            : throw new UsageException($"--rate: '{text}' is no rate from 8kbit to 100gbit; write for example 10mbit");
    }

    [GeneratedRegex("^([0-9.]+)(k|m|g)bit$", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex RatePattern();
}
