using System.Net;
using Pingmesh.Core.Probes;

namespace Pingmesh.AgentCli.Targets;

/// <summary>One address to ping or trace.</summary>
/// <param name="Name">As the user wrote it, port and path left aside.</param>
/// <param name="Address">Its address.</param>
/// <param name="Port">Its port; 0 for a kind without ports.</param>
internal sealed record Target(string Name, IPAddress Address, int Port)
{
    /// <summary>How long resolving the name took, nanoseconds; 0 for an address.</summary>
    public long ResolveNanoseconds { get; init; }

    /// <summary>Path and query of an HTTP target; null for the root.</summary>
    public string? Path { get; init; }

    /// <summary>Whether a URL is over TLS; null for what is no URL.</summary>
    public bool? Https { get; init; }

    /// <summary>The name, with the address where that is something else.</summary>
    public string Shown => Name == Address.ToString() ? Name : $"{Name} ({Address})";
}

/// <summary>A target that could not be resolved.</summary>
/// <param name="Name">As the user wrote it.</param>
/// <param name="Error">The code.</param>
/// <param name="Problem">The reason, as a sentence.</param>
internal sealed record UnresolvedTarget(string Name, ProbeError Error, string Problem);
