using System.Security.Cryptography;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.Pinglists;

/// <summary>
/// Makes a host's pinglist when it is asked for, from the topology and settings of that moment. It keeps nothing for a host, so
/// any number of copies give the same answer (paper, section 3.3.2). Thread-safe.
/// </summary>
/// <param name="current">The topology and settings in force; called once for each request.</param>
public sealed class PinglistService(Func<MeshSnapshot> current)
{
    private const int ETagBytes = 16;

    /// <summary>The pinglist of a host; null when the topology does not have it, upon which its agent stops probing.</summary>
    /// <exception cref="ArgumentException">The settings are impossible (see <see cref="MeshSettings.Validate"/>).</exception>
    public PinglistDocument? Find(string host)
    {
        var (topology, settings) = current();
        if (topology.FindHost(host) is not { } found) return null;
        var json = PinglistJson.Write(ThreeLevelMesh.PinglistFor(topology, settings, found));
        return new PinglistDocument(json, $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, ETagBytes))}\"");
    }
}

/// <summary>What pinglists are made from: both parts of one moment.</summary>
/// <param name="Topology">The topology.</param>
/// <param name="Settings">The settings.</param>
public sealed record MeshSnapshot(Topology Topology, MeshSettings Settings);

/// <summary>A pinglist as it is served.</summary>
/// <param name="Json">UTF-8 JSON, as <see cref="PinglistJson"/> writes it.</param>
/// <param name="ETag">Strong entity tag with its quotes (RFC 9110, 8.8.3): equal for equal bytes.</param>
public sealed record PinglistDocument(ReadOnlyMemory<byte> Json, string ETag);
