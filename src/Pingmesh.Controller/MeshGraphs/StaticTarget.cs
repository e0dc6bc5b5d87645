namespace Pingmesh.Controller.MeshGraphs;

/// <summary>Something outside the mesh that hosts probe.</summary>
/// <param name="Name">What it is called in results.</param>
/// <param name="Address">Its address, IPv4 or IPv6, or its DNS name.</param>
/// <param name="Port">Its port; 0 for the graph's.</param>
/// <param name="Path">Path and query of an HTTP request; null for the graph's.</param>
/// <param name="Https">Whether an HTTP request goes over TLS.</param>
public sealed record StaticTarget(string Name, string Address, int Port = 0, string? Path = null, bool Https = false);
