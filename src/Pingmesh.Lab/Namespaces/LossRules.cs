using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;

namespace Pingmesh.Lab.Namespaces;

/// <summary>
/// The nftables rules of faults that lose packets. They hook into the ingress of interfaces, before bridging and routing:
/// every packet that enters a switch or an end of a link meets them once, and each rule counts what it drops.
/// </summary>
internal static class LossRules
{
    // Parts of a million: finer than any loss that can be measured here.
    private const int Whole = 1_000_000;

    /// <summary>Name of a fault's table.</summary>
    public static string TableOf(Fault fault) => $"pingmesh_{fault.Id}";

    /// <summary>The table of a fault for these interfaces; null for kinds that lose no packets by rule.</summary>
    public static string? Write(Fabric fabric, Fault fault, IReadOnlyList<string> interfaces)
    {
        if (Matches(fabric, fault) is not { } matches) return null;

        // Neighbour discovery is left alone, as ARP is: a host that cannot be found is another fault.
        return $$"""
            table netdev {{TableOf(fault)}} {
              chain ingress {
                type filter hook ingress devices = { {{string.Join(", ", interfaces)}} } priority 0; policy accept;
                icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept
                {{string.Join("\n    ", matches.Select(match => $"{match} counter drop"))}}
              }
            }

            """;
    }

    private static List<string>? Matches(Fabric fabric, Fault fault)
    {
        var options = fault.Options;
        var seed = 0x5eed0000u + uint.Parse(fault.Id[1..], CultureInfo.InvariantCulture);
        return fault.Kind switch
        {
            FaultKind.RandomLoss => [$"meta protocol {{ ip, ip6 }}{ByChance(options)}"],
            FaultKind.QosLoss => [$"ip dscp {options.Dscp}{ByChance(options)}", $"ip6 dscp {options.Dscp}{ByChance(options)}"],
            FaultKind.Mtu => [$"meta protocol {{ ip, ip6 }} meta length > {options.Above}"],
            FaultKind.BlackholePrefix => [$"{(IPNetwork.Parse(options.Prefix!).BaseAddress.AddressFamily == AddressFamily.InterNetwork ? "ip" : "ip6")} daddr {options.Prefix}"],
            FaultKind.BlackholePairs when options.From is not null => Pair(fabric.Find(options.From)!, fabric.Find(options.To!)!),
            FaultKind.BlackholePairs =>
            [
                $"jhash ip saddr . ip daddr mod {Whole} seed {seed} < {Parts(options)}",
                $"jhash ip6 saddr . ip6 daddr mod {Whole} seed {seed} < {Parts(options)}",
            ],
            FaultKind.BlackholePorts when options.SourcePorts is { Modulus: > 0 } ports =>
                [$"tcp sport & {ports.Modulus - 1} == {ports.First}", $"udp sport & {ports.Modulus - 1} == {ports.First}"],
            FaultKind.BlackholePorts when options.SourcePorts is { } ports => [$"tcp sport {ports.First}-{ports.Last}", $"udp sport {ports.First}-{ports.Last}"],
            FaultKind.BlackholePorts =>
            [
                $"meta l4proto tcp jhash ip saddr . ip daddr . tcp sport . tcp dport mod {Whole} seed {seed} < {Parts(options)}",
                $"meta l4proto tcp jhash ip6 saddr . ip6 daddr . tcp sport . tcp dport mod {Whole} seed {seed} < {Parts(options)}",
            ],
            _ => null,
        };
    }

    private static List<string> Pair(FabricNode from, FabricNode to) =>
        [$"ip saddr {from.Addresses[0]} ip daddr {to.Addresses[0]}", $"ip6 saddr {from.Addresses[1]} ip6 daddr {to.Addresses[1]}"];

    private static string ByChance(FaultOptions options) => options.Percent >= 100 ? "" : $" numgen random mod {Whole} < {Parts(options)}";

    private static string Parts(FaultOptions options) => Math.Clamp((int)Math.Round(options.Percent!.Value / 100 * Whole), 1, Whole - 1).ToString(CultureInfo.InvariantCulture);
}
