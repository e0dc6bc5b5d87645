using System.Net;
using Pingmesh.Analysis.Selections;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Api;

namespace Pingmesh.Server.OnDemand;

/// <summary>A host that tests, and what it tests.</summary>
/// <param name="From">The host.</param>
/// <param name="To">The other host.</param>
/// <param name="Address">Its address.</param>
internal sealed record TestedPair(Host From, Host To, IPAddress Address);

/// <summary>Which pairs of hosts a test of scopes means: only hosts of the topology are tested, from and to, so that no test leaves the mesh.</summary>
internal static class TestedPairs
{
    /// <summary>Most pairs of a test.</summary>
    public const int Most = 16;

    /// <summary>Finds the pairs, spread over both scopes.</summary>
    /// <param name="from">Whose agents test.</param>
    /// <param name="to">What is tested, which may be an address.</param>
    /// <param name="most">Most hosts of each scope.</param>
    /// <param name="services">Topology and services of the moment.</param>
    /// <param name="isPaused">Whether no probe may leave or enter a host.</param>
    /// <exception cref="BadRequestException">There is no such pair; says why.</exception>
    /// <exception cref="UnknownSubjectException">There is no such host or scope.</exception>
    public static IReadOnlyList<TestedPair> Find(string from, string to, int most, ServiceMap services, Func<Host, bool> isPaused)
    {
        var sources = HostsOf(from, "from", services);
        var (targets, address) = TargetsOf(to, services);
        if (targets is [var only]) sources = sources.Count > 1 ? [.. sources.Where(host => host != only)] : sources;
        if (sources is [var one]) targets = targets.Count > 1 ? [.. targets.Where(host => host != one)] : targets;
        var spread = Spread(targets, most);
        var pairs = Spread(sources, most).SelectMany(source => spread.Where(target => target != source).Select(target => (Source: source, Target: target))).ToList();
        if (pairs.Count == 0) throw new BadRequestException($"'from' and 'to' are both '{from}': a host does not test itself; name two hosts, or a wider scope");
        var able = pairs.Select(pair => (pair.Source, pair.Target, Address: address ?? AddressFor(pair.Source, pair.Target))).Where(pair => pair.Address is not null).ToList();
        if (able.Count == 0) throw new BadRequestException($"no host of '{from}' and '{to}' have addresses of one family");
        var allowed = able.Where(pair => !isPaused(pair.Source) && !isPaused(pair.Target)).ToList();
        if (allowed.Count == 0) throw new BadRequestException($"'{(able.TrueForAll(pair => isPaused(pair.Source)) ? from : to)}' is paused: no probe leaves or enters it; 'pingmesh resume' ends that");
        return [.. Spread(allowed, Most).Select(pair => new TestedPair(pair.Source, pair.Target, pair.Address!))];
    }

    private static (IReadOnlyList<Host> Hosts, IPAddress? Address) TargetsOf(string to, ServiceMap services)
    {
        if (services.Topology.FindHost(to) is null && IPAddress.TryParse(to, out var address))
        {
            var owner = services.Topology.FindHost(address)
                ?? throw new BadRequestException($"{address} is the address of no host of the topology; only these are tested. 'pingmesh ping' and 'pingmesh trace' on a host go anywhere");
            return ([owner], address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
        }

        return (HostsOf(to, "to", services), null);
    }

    private static IReadOnlyList<Host> HostsOf(string text, string name, ServiceMap services)
    {
        Subject subject;
        try
        {
            subject = Subject.Parse(text);
        }
        catch (FormatException error)
        {
            throw new BadRequestException($"'{name}': {error.Message}");
        }

        var hosts = ScopeHosts.Of(subject, services) ?? services.Topology.Hosts;
        return hosts.Count > 0 ? hosts : throw new BadRequestException($"'{name}': '{text}' has no hosts");
    }

    private static IPAddress? AddressFor(Host from, Host to) => from.Addresses
        .Select(own => to.Addresses.FirstOrDefault(address => address.AddressFamily == own.AddressFamily)).FirstOrDefault(address => address is not null);

    // The first of each of so many equal stretches.
    private static IReadOnlyList<T> Spread<T>(IReadOnlyList<T> all, int most) =>
        all.Count <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Count / most)])];
}
