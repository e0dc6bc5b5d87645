using System.Globalization;
using System.Net;
using Pingmesh.Core.Yaml;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Lab.Faults;

/// <summary>A kind of fault: where it can be, what it takes, what it does.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Places">Where it can be.</param>
/// <param name="Required">The options it needs.</param>
/// <param name="Optional">The options it may have.</param>
/// <param name="Summary">What it does, for the list of kinds.</param>
/// <param name="Describe">What one of it does, given its place and options.</param>
public sealed record FaultKindInfo(
    FaultKind Kind, string Name, PlaceKind Places, IReadOnlyList<string> Required, IReadOnlyList<string> Optional, string Summary, Func<string, FaultOptions, string> Describe);

/// <summary>All kinds of faults.</summary>
public static class FaultCatalog
{
    private const PlaceKind Wires = PlaceKind.Switch | PlaceKind.Link | PlaceKind.Layer | PlaceKind.Pod | PlaceKind.Host;

    /// <summary>The kinds.</summary>
    public static IReadOnlyList<FaultKindInfo> All { get; } =
    [
        new(FaultKind.RandomLoss, "random-loss", Wires, ["percent"], [],
            "loses a share of all packets, each by chance",
            (at, o) => $"each packet that enters {at} is lost with {Percent(o)}"),
        new(FaultKind.BlackholePairs, "blackhole-pairs", Wires, [], ["from", "to", "percent"],
            "loses all packets from one host to another, or of a fixed share of all address pairs (black hole of type 1)",
            (at, o) => o.From is null ? $"all packets of {Percent(o)} of the address pairs, always the same ones, are lost at {at}" : $"all packets from {o.From} to {o.To} are lost at {at}"),
        new(FaultKind.BlackholePorts, "blackhole-ports", Wires, [], ["source-ports", "percent"],
            "loses all TCP and UDP packets of certain source ports, or of a fixed share of all five-tuples (type 2)",
            (at, o) => o.SourcePorts is null ? $"all TCP packets of {Percent(o)} of the five-tuples, always the same ones, are lost at {at}" : $"all TCP and UDP packets from source ports {o.SourcePorts} are lost at {at}"),
        new(FaultKind.BlackholePrefix, "blackhole-prefix", Wires, ["prefix"], [],
            "loses all packets to a prefix",
            (at, o) => $"all packets to {o.Prefix} are lost at {at}"),
        new(FaultKind.Latency, "latency", Wires, ["delay"], ["jitter"],
            "holds up every packet that leaves by a switch's or a link's interfaces",
            (at, o) => $"each packet that leaves by an interface of {at} is held up for {Text(o.Delay)}{(o.Jitter is { } jitter ? $" +/- {Text(jitter)}" : "")}"),
        new(FaultKind.RateLimit, "rate-limit", PlaceKind.Link | PlaceKind.Host, ["rate"], [],
            "lets a link carry no more than a rate, in each direction",
            (at, o) => $"{at} carries no more than {Rate(o.Rate!.Value)} in each direction"),
        new(FaultKind.LinkDown, "link-down", PlaceKind.Link, [], [],
            "takes a link down; routing goes around it at once",
            (at, _) => $"{at} is down, routes go around it"),
        new(FaultKind.SwitchDown, "switch-down", PlaceKind.Switch | PlaceKind.Layer, [], [],
            "takes a switch down, or a layer; routing goes around it where it can",
            (at, _) => $"{at} is down with all its links, routes go around it where they can"),
        new(FaultKind.PowerLoss, "power-loss", PlaceKind.Pod | PlaceKind.Podset | PlaceKind.Layer, [], [],
            "cuts the power of a pod, a podset or a layer of switches: switches and hosts are gone, agents too",
            (at, _) => $"{at} has no power: its switches and hosts, with their agents, are gone"),
        new(FaultKind.SlowHost, "slow-host", PlaceKind.Host, ["delay"], ["jitter"],
            "makes a host answer late: what it sends is held up",
            (at, o) => $"each packet that {at} sends is held up for {Text(o.Delay)}{(o.Jitter is { } jitter ? $" +/- {Text(jitter)}" : "")}"),
        new(FaultKind.HostDown, "host-down", PlaceKind.Host, [], [],
            "takes a host away, its agent with it",
            (at, _) => $"{at} is gone, its agent too"),
        new(FaultKind.Mtu, "mtu", Wires, ["above"], [],
            "loses all packets above a size, without a word to the sender",
            (at, o) => $"packets of more than {o.Above} bytes (with IP header) are lost at {at}"),
        new(FaultKind.QosLoss, "qos-loss", Wires, ["dscp", "percent"], [],
            "loses a share of the packets of one QoS class",
            (at, o) => $"each packet of DSCP {o.Dscp} that enters {at} is lost with {Percent(o)}"),
        new(FaultKind.Asymmetry, "asymmetry", PlaceKind.Switch, ["via"], [],
            "has a switch send all that goes up over one neighbour, while the way back is spread over all",
            (at, o) => $"{at} sends all that goes up by {o.Via}; the way back is spread over all links"),
    ];

    /// <summary>The entry of a kind.</summary>
    public static FaultKindInfo Of(FaultKind kind) => All.First(info => info.Kind == kind);

    /// <summary>The kind of that name.</summary>
    /// <exception cref="LabException">There is none; names the nearest.</exception>
    public static FaultKindInfo Find(string name)
    {
        var names = All.Select(info => info.Name).ToList();
        return All.FirstOrDefault(info => info.Name == name) ?? throw new LabException(
            $"there is no kind of fault '{name}'; {(NearestKey.Of(name, names) is { } nearest ? $"did you mean '{nearest}'?" : $"the kinds are {string.Join(", ", names)}")}");
    }

    /// <summary>Checks that a fault is possible in a fabric; returns its place.</summary>
    /// <exception cref="LabException">It is not; says what is wrong and what to give instead.</exception>
    public static FaultPlace Check(Fabric fabric, FaultKind kind, string at, FaultOptions options)
    {
        var info = Of(kind);
        var place = FaultPlace.Parse(fabric, at);
        if (!info.Places.HasFlag(place.Kind))
        {
            var remedy = place.Kind == PlaceKind.Podset && info.Places.HasFlag(PlaceKind.Layer) ? $"its leaves are '{at}/leaves'" : $"it can be at a {string.Join(", ", Words(info.Places))}";
            throw new LabException($"{info.Name} cannot be at {at}, which is a {Words(place.Kind).Single()}; {remedy}");
        }

        var given = Given(options).ToList();
        if (info.Required.FirstOrDefault(name => !given.Contains(name)) is { } missing) throw new LabException($"{info.Name} needs --{missing}");
        if (given.Find(name => !info.Required.Contains(name) && !info.Optional.Contains(name)) is { } extra)
            throw new LabException($"{info.Name} takes no --{extra}; it takes {Taken(info)}");
        CheckOptions(fabric, info, place, options, given);
        return place;
    }

    private static void CheckOptions(Fabric fabric, FaultKindInfo info, FaultPlace place, FaultOptions options, List<string> given)
    {
        switch (info.Kind)
        {
            case FaultKind.BlackholePairs when given.Contains("percent") == (given.Contains("from") || given.Contains("to")) || given.Contains("from") != given.Contains("to"):
                throw new LabException("blackhole-pairs needs either --from and --to, two hosts, or --percent, a share of all pairs");
            case FaultKind.BlackholePorts when given.Count != 1:
                throw new LabException("blackhole-ports needs either --source-ports or --percent, a share of all five-tuples");
            case FaultKind.BlackholePrefix when !IPNetwork.TryParse(options.Prefix!, out _):
                throw new LabException($"--prefix: '{options.Prefix}' is no prefix; write for example 10.1.3.0/24");
            case FaultKind.Asymmetry when place.Switches[0].Links.Find(link => link.Lower == place.Switches[0] && link.Upper.Name == options.Via) is null:
                throw new LabException($"--via: {options.Via} is not above {place.Text}; above it are {Above(place.Switches[0])}");
        }

        foreach (var host in new[] { options.From, options.To }.OfType<string>())
        {
            if (fabric.Find(host) is not { IsHost: true }) throw new LabException($"there is no host '{host}' in the fabric; 'pingmesh lab status' lists them");
        }
    }

    private static string Above(FabricNode node) =>
        string.Join(", ", node.Links.Where(link => link.Lower == node).Select(link => link.Upper.Name)) is { Length: > 0 } names ? names : "no switches";

    private static IEnumerable<string> Given(FaultOptions options)
    {
        if (options.Percent is not null) yield return "percent";
        if (options.Dscp is not null) yield return "dscp";
        if (options.From is not null) yield return "from";
        if (options.To is not null) yield return "to";
        if (options.SourcePorts is not null) yield return "source-ports";
        if (options.Prefix is not null) yield return "prefix";
        if (options.Delay is not null) yield return "delay";
        if (options.Jitter is not null) yield return "jitter";
        if (options.Rate is not null) yield return "rate";
        if (options.Above is not null) yield return "above";
        if (options.Via is not null) yield return "via";
    }

    private static string Taken(FaultKindInfo info) =>
        string.Join(", ", info.Required.Concat(info.Optional).Select(name => $"--{name}")) is { Length: > 0 } names ? names : "none";

    private static IEnumerable<string> Words(PlaceKind places) => Enum.GetValues<PlaceKind>().Where(one => places.HasFlag(one)).Select(one => one.ToString().ToLowerInvariant());

    private static string Percent(FaultOptions options) => string.Create(CultureInfo.InvariantCulture, $"{options.Percent:0.####} %");

    private static string Text(TimeSpan? time) => time is { } value ? DurationText.Format(value) : "";

    private static string Rate(long bits) => bits switch
    {
        >= 1_000_000_000 when bits % 1_000_000_000 == 0 => $"{bits / 1_000_000_000} Gbit/s",
        >= 1_000_000 when bits % 1_000_000 == 0 => $"{bits / 1_000_000} Mbit/s",
        _ => $"{bits / 1_000} kbit/s",
    };
}
