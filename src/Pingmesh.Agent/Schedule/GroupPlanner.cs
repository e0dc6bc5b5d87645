using System.Net;
using System.Net.Sockets;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.Agent.Schedule;

/// <summary>Checks one group of a pinglist and makes its targets.</summary>
internal static class GroupPlanner
{
    /// <summary>The group made ready. It has no targets while none of its peers' names stands for an address.</summary>
    /// <exception cref="FormatException">The group asks for what the hard limits forbid, or makes no sense; says what.</exception>
    public static PlannedGroup Plan(PinglistGroup group, PlanContext context)
    {
        var kind = ProbeNames.FindKind(group.Kind) ?? throw new FormatException($"pinglist: unknown probe kind '{group.Kind}'");
        var probeClass = ProbeNames.FindClass(group.Class) ?? throw new FormatException($"pinglist: unknown probe class '{group.Class}'");
        Check(group, kind);
        var platform = IsPlatform(kind) ? context.OpenPlatform(kind, group) : null;
        var series = new SeriesKey(kind, probeClass, group.Dscp);
        var targets = new List<PlannedTarget>(group.Peers.Count);
        foreach (var peer in group.Peers)
        {
            foreach (var address in AddressesOf(peer, group, context)) targets.Add(Plan(peer, address, group, series, platform, context));
        }

        return new PlannedGroup(TimeSpan.FromMilliseconds(group.IntervalMs), targets);
    }

    /// <summary>Whether a kind is probed on the platform's stack rather than by the reactor.</summary>
    public static bool IsPlatform(ProbeKind kind) => kind >= ProbeKind.Http;

    private static void Check(PinglistGroup group, ProbeKind kind)
    {
        if (group.Dscp > 63) throw new FormatException($"pinglist: DSCP {group.Dscp}; it goes from 0 to 63");
        if (group.Port is < 1 or > 65535 && kind != ProbeKind.Icmp) throw new FormatException($"pinglist: port {group.Port}; it goes from 1 to 65535");
        var interval = TimeSpan.FromMilliseconds(group.IntervalMs);
        if (interval < HardLimits.MinProbeInterval || interval > HardLimits.MaxProbeInterval)
        {
            throw new FormatException(
                $"pinglist: interval_ms {group.IntervalMs}; it goes from {HardLimits.MinProbeInterval.TotalMilliseconds} to {HardLimits.MaxProbeInterval.TotalMilliseconds}");
        }

        var timeout = TimeSpan.FromMilliseconds(group.TimeoutMs);
        if (timeout <= TimeSpan.Zero || timeout > HardLimits.MaxProbeTimeout)
            throw new FormatException($"pinglist: timeout_ms {group.TimeoutMs}; it goes from 1 to {HardLimits.MaxProbeTimeout.TotalMilliseconds}");
        if (group.SlowUs <= 0) throw new FormatException($"pinglist: slow_us {group.SlowUs}; it is at least 1");
        if (group.PayloadBytes is < 0 or > HardLimits.MaxPayloadBytes)
            throw new FormatException($"pinglist: payload_bytes {group.PayloadBytes}; it goes from 0 to {HardLimits.MaxPayloadBytes}");
        if (group.SourcePortFrom is < 0 or > 65535 || group.SourcePortTo > 65535 || group.SourcePortTo < group.SourcePortFrom
            || (group.SourcePortFrom == 0 && group.SourcePortTo != 0))
        {
            throw new FormatException(
                $"pinglist: source ports {group.SourcePortFrom} to {group.SourcePortTo}; they go from 1 to 65535, the first one first, or are both 0");
        }
    }

    private static IEnumerable<IPAddress> AddressesOf(Peer peer, PinglistGroup group, PlanContext context)
    {
        if (IPAddress.TryParse(peer.Address, out var address)) return [Refuse(address, peer)];
        if (Uri.CheckHostName(peer.Address) != UriHostNameType.Dns || peer.Address.All(letter => char.IsAsciiDigit(letter) || letter == '.'))
            throw new FormatException($"pinglist: '{peer.Address}' of peer '{peer.Host}' is no IP address and no DNS name");
        var known = context.AddressesOf(peer.Address).Where(IsPeer);
        return group.EveryAddress ? known : known.Take(1);
    }

    private static IPAddress Refuse(IPAddress address, Peer peer) =>
        IsPeer(address) ? address : throw new FormatException($"pinglist: {address} of peer '{peer.Host}' is the address of no single host");

    private static bool IsPeer(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return !address.IsIPv6Multicast && !address.Equals(IPAddress.IPv6Any);

        // 224.0.0.0/4 is multicast, 240.0.0.0/4 reserved with the limited broadcast in it, 0.0.0.0/8 "this network" (RFC 6890).
        return address.GetAddressBytes()[0] is > 0 and < 224;
    }

    private static PlannedTarget Plan(
        Peer peer, IPAddress address, PinglistGroup group, SeriesKey series, IPlatformProber? platform, PlanContext context)
    {
        var timeout = TimeSpan.FromMilliseconds(group.TimeoutMs);
        var port = series.Kind == ProbeKind.Icmp ? 0 : group.Port;
        return new PlannedTarget
        {
            Name = peer.Host,
            Peer = ProbeTarget.Create(address, port),
            Key = AddressKey.Of(address),
            Port = (ushort)port,
            Series = series,
            Shape = new ProbeShape
            {
                TimeoutNanoseconds = (long)timeout.TotalNanoseconds,
                Dscp = group.Dscp,
                PayloadBytes = Math.Min(group.PayloadBytes, context.Limits.MaxPayloadBytes),
                DontFragment = group.DontFragment,
            },
            SlowNanoseconds = group.SlowUs * 1000L,
            SourcePortFrom = (ushort)group.SourcePortFrom,
            SourcePortTo = (ushort)group.SourcePortTo,
            Platform = platform is null ? null : new PlatformProbe(platform, new PlatformTarget
            {
                Name = IPAddress.TryParse(peer.Address, out _) ? address.ToString() : peer.Address,
                Address = address,
                Port = port,
                Timeout = timeout,
                Space = context.Space,
                Source = context.Sources.FirstOrDefault(source => source.AddressFamily == address.AddressFamily),
                Dscp = group.Dscp,
            }),
        };
    }
}
