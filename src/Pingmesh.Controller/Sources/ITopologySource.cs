using System.Net;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Sources;

/// <summary>Where some of the fleet's hosts are known from. Thread-safe.</summary>
public interface ITopologySource : IDisposable
{
    /// <summary>Raised after <see cref="Hosts"/> has changed.</summary>
    event Action? Changed;

    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>The hosts it knows of now; the same object as long as nothing changes.</summary>
    IReadOnlyList<HostEntry> Hosts { get; }

    /// <summary>The switches and links it knows of; most sources know of none.</summary>
    Wiring Wiring => Wiring.None;
}

/// <summary>What a file says of the fleet.</summary>
/// <param name="Hosts">The hosts.</param>
/// <param name="Wiring">The switches and links.</param>
public sealed record FleetEntries(IReadOnlyList<HostEntry> Hosts, Wiring Wiring)
{
    /// <summary>What a file of hosts only says.</summary>
    public static (FleetEntries? Value, IReadOnlyList<ConfigurationError> Errors) Of((IReadOnlyList<HostEntry>? Value, IReadOnlyList<ConfigurationError> Errors) hosts) =>
        (hosts.Value is { } value ? new FleetEntries(value, Wiring.None) : null, hosts.Errors);
}

/// <summary>A host as a source knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dc">Its data center.</param>
/// <param name="Podset">Its podset.</param>
/// <param name="Pod">Its pod.</param>
/// <param name="Addresses">Its addresses.</param>
/// <param name="Labels">Its labels.</param>
public sealed record HostEntry(
    string Name, string Dc, string Podset, string Pod, IReadOnlyList<IPAddress> Addresses, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Name of the podset, pod or data center of a host that says nothing of it.</summary>
    public const string Unsaid = "all";

    /// <summary>A host of a topology.</summary>
    public static HostEntry Of(Host host) =>
        new(host.Name, host.Pod.Podset.Dc.Name, host.Pod.Podset.Name, host.Pod.Name, host.Addresses, host.Labels);
}
