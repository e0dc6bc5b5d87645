using System.Net;

namespace Pingmesh.Core.Topologies;

/// <summary>One end of a link.</summary>
/// <param name="Node">The switch or host.</param>
/// <param name="Addresses">The addresses of its interface there; may be none.</param>
public sealed record LinkEnd(string Node, IReadOnlyList<IPAddress> Addresses);

/// <summary>A link between two switches, or between a switch and a host.</summary>
/// <param name="A">One end.</param>
/// <param name="B">The other.</param>
public sealed record Link(LinkEnd A, LinkEnd B)
{
    /// <summary>Its name: <c>A~B</c>.</summary>
    public string Name => $"{A.Node}~{B.Node}";

    /// <summary>The end at that node; null when there is none.</summary>
    public LinkEnd? EndAt(string node) => A.Node == node ? A : B.Node == node ? B : null;

    /// <summary>The end across from that node; null when the node is no end.</summary>
    public LinkEnd? Across(string node) => A.Node == node ? B : B.Node == node ? A : null;
}
