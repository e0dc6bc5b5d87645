using System.Globalization;
using System.Security.Cryptography;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Pinglists;

namespace Pingmesh.Controller.Pinglists;

/// <summary>
/// Makes a host's pinglist when it is asked for, from the mesh of that moment. It keeps nothing for a host, so any number of
/// copies give the same answer (paper, section 3.3.2). Thread-safe.
/// </summary>
/// <param name="current">The mesh in force; called once for each request.</param>
/// <param name="time">Clock of the turns under a cap.</param>
public sealed class PinglistService(Func<Mesh> current, TimeProvider time)
{
    private const int ETagBytes = 16;

    /// <summary>
    /// What pinglists are made from at this moment, in a word. The same inputs give the same bytes; so a list that was made under
    /// the same stamp is still the host's list, and need not be made again to know it.
    /// </summary>
    public string Stamp
    {
        get
        {
            var mesh = current();
            return StampOf(mesh, mesh.TurnAt(time.GetUtcNow()));
        }
    }

    /// <summary>Whether the topology has a host.</summary>
    public bool Knows(string host) => current().Topology.FindHost(host) is not null;

    /// <summary>The pinglist of a host; null when the topology does not have it, upon which its agent stops probing.</summary>
    public PinglistDocument? Find(string host)
    {
        var mesh = current();
        if (mesh.Topology.FindHost(host) is not { } found) return null;
        var turn = mesh.TurnAt(time.GetUtcNow());
        var pinglist = mesh.PinglistFor(found, turn);
        var json = PinglistJson.Write(pinglist);
        return new PinglistDocument(pinglist, json, $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, ETagBytes))}\"", mesh.Topology.Version, StampOf(mesh, turn));
    }

    private static string StampOf(Mesh mesh, long turn) => string.Create(CultureInfo.InvariantCulture, $"{mesh.Version}-{turn}");
}

/// <summary>A pinglist as it is served.</summary>
/// <param name="Pinglist">The list.</param>
/// <param name="Json">Its UTF-8 JSON, as <see cref="PinglistJson"/> writes it.</param>
/// <param name="ETag">Strong entity tag of the JSON with its quotes (RFC 9110, 8.8.3): equal for equal bytes.</param>
/// <param name="TopologyVersion">Version of the topology it was made from.</param>
/// <param name="Stamp">What it was made from (see <see cref="PinglistService.Stamp"/>).</param>
public sealed record PinglistDocument(Pinglist Pinglist, ReadOnlyMemory<byte> Json, string ETag, string TopologyVersion, string Stamp);
