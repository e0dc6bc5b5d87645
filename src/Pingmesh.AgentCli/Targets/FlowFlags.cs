using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Pingmesh.AgentCli.Running;

namespace Pingmesh.AgentCli.Targets;

/// <summary>The flags that ping and trace share.</summary>
internal sealed class FlowFlags
{
    private readonly Option<bool> ipv4 = new("-4") { Description = "IPv4 only." };
    private readonly Option<bool> ipv6 = new("-6") { Description = "IPv6 only." };
    private readonly Option<int> tos = new("--tos") { Description = "TOS or traffic class byte, 0 to 255; its upper six bits are the DSCP.", HelpName = "N" };
    private readonly Option<string?> source = new("--source") { Description = "Address to send from.", HelpName = "ADDRESS" };
    private readonly Option<string?> sport;

    /// <param name="sourcePorts">What a range of source ports does.</param>
    public FlowFlags(string sourcePorts) => sport = new Option<string?>("--sport") { Description = sourcePorts, HelpName = "A-B" };

    public IEnumerable<Option> All => [ipv4, ipv6, source, sport, tos];

    /// <exception cref="UsageException">A flag is wrong, or two contradict each other; says which.</exception>
    public FlowOptions Read(ParseResult flags)
    {
        if (flags.GetValue(ipv4) && flags.GetValue(ipv6)) throw new UsageException("-4 and -6 are both given; keep one");
        var from = SourceOf(flags);
        AddressFamily? family = flags.GetValue(ipv4) ? AddressFamily.InterNetwork : flags.GetValue(ipv6) ? AddressFamily.InterNetworkV6 : null;
        if (from is not null && family is not null && from.AddressFamily != family)
            throw new UsageException($"--source: {from} is not of the family that {(flags.GetValue(ipv4) ? "-4" : "-6")} asks for");
        var (firstPort, lastPort) = PortRange.Read(flags.GetValue(sport), "--sport");
        return new FlowOptions(family ?? from?.AddressFamily, from, (byte)(flags.GetInRange(tos, 0, 255) >> 2), firstPort, lastPort);
    }

    private IPAddress? SourceOf(ParseResult flags)
    {
        if (flags.GetValue(source) is not { } text) return null;
        return IPAddress.TryParse(text, out var address) ? address : throw new UsageException($"--source: '{text}' is no IP address");
    }
}
