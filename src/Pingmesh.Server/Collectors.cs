using System.Security.Cryptography;
using System.Text;

namespace Pingmesh.Server;

/// <summary>
/// Collectors that share a store, and so must not both count a batch that an agent has sent twice: each host belongs to one of
/// them, which remembers its batches, and the others pass on what comes to them.
/// </summary>
public sealed class Collectors
{
    private readonly IReadOnlyList<Uri> all;

    /// <summary>Collectors at <paramref name="all"/>, the same list at each of them.</summary>
    /// <param name="all">Their addresses.</param>
    /// <param name="self">Which of them this one is, from 0.</param>
    public Collectors(IReadOnlyList<Uri> all, int self)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(self, all.Count);
        this.all = all;
        Self = all[self];
    }

    /// <summary>The address of this one.</summary>
    public Uri Self { get; }

    /// <summary>
    /// The collector of a host: that with the highest hash of the two together, so that a change of the list moves only the
    /// hosts of the collectors that came or went.
    /// </summary>
    public Uri OwnerOf(string host) => all.MaxBy(collector => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{collector} {host}"))))!;
}
