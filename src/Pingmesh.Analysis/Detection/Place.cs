namespace Pingmesh.Analysis.Detection;

/// <summary>A part of the network, known by the probes that go through it.</summary>
/// <param name="Layer">Which part.</param>
/// <param name="A">Number of its host, pod, podset or data center; of a pair the source.</param>
/// <param name="B">Of a pair the other end; else 0.</param>
internal readonly record struct Place(Layer Layer, int A, int B = 0)
{
    /// <summary>Whether probes between two hosts go through it.</summary>
    public bool Carries(Fleet fleet, int source, int target)
    {
        switch (Layer)
        {
            case Layer.Pair:
                return (source == A && target == B) || (source == B && target == A);
            case Layer.Host:
                return source == A || target == A;
            case Layer.Tor:
                return fleet.PodOf(source) == A || fleet.PodOf(target) == A;
            case Layer.PodUplinks:
                return fleet.PodOf(source) == A != (fleet.PodOf(target) == A);
            case Layer.LeafLayer:
                return (fleet.PodsetOf(source) == A || fleet.PodsetOf(target) == A) && fleet.PodOf(source) != fleet.PodOf(target);
            case Layer.PodsetUplinks:
                return fleet.PodsetOf(source) == A != (fleet.PodsetOf(target) == A);
            case Layer.SpineLayer:
                return (fleet.DcOf(source) == A || fleet.DcOf(target) == A) && fleet.PodsetOf(source) != fleet.PodsetOf(target);
            default:
                var (one, other) = (fleet.DcOf(source), fleet.DcOf(target));
                return (one == A && other == B) || (one == B && other == A);
        }
    }

    /// <summary>Whether all probes through <paramref name="inner"/> that climb as high as this place go through it too: those within a pod never reach a leaf.</summary>
    public bool Contains(Fleet fleet, Place inner)
    {
        if (inner == this) return true;
        if (inner.Layer >= Layer) return Layer == Layer.SpineLayer && inner.Layer == Layer.DcPair && (inner.A == A || inner.B == A);
        return (Layer, inner.Layer) switch
        {
            (_, Layer.Pair) => Carries(fleet, inner.A, inner.B),
            (Layer.Tor or Layer.PodUplinks, Layer.Host) => fleet.PodOf(inner.A) == A,
            (Layer.LeafLayer or Layer.PodsetUplinks, Layer.Host) => fleet.PodsetOf(inner.A) == A,
            (Layer.SpineLayer, Layer.Host) => fleet.DcOf(inner.A) == A,
            (Layer.PodUplinks, Layer.Tor) => inner.A == A,
            (Layer.LeafLayer or Layer.PodsetUplinks, Layer.Tor or Layer.PodUplinks) => fleet.PodsetOfPod(inner.A) == A,
            (Layer.SpineLayer, Layer.Tor or Layer.PodUplinks) => fleet.DcOfPodset(fleet.PodsetOfPod(inner.A)) == A,
            (Layer.PodsetUplinks, Layer.LeafLayer) => inner.A == A,
            (Layer.SpineLayer, Layer.LeafLayer or Layer.PodsetUplinks) => fleet.DcOfPodset(inner.A) == A,
            _ => false,
        };
    }

    /// <summary>The scope it stands for, as a path; of pairs both with <c>~</c> between.</summary>
    public string ScopeIn(Fleet fleet) => Layer switch
    {
        Layer.Pair => $"{fleet.Hosts[A].Name}~{fleet.Hosts[B].Name}",
        Layer.Host => fleet.Hosts[A].Name,
        Layer.Tor or Layer.PodUplinks => fleet.Pods[A].Path,
        Layer.LeafLayer or Layer.PodsetUplinks => fleet.Podsets[A].Path,
        Layer.SpineLayer => fleet.Dcs[A].Name,
        _ => $"{fleet.Dcs[A].Name}~{fleet.Dcs[B].Name}",
    };

    /// <summary>The tier of switches that it is or hangs on.</summary>
    public string Tier => Layer switch
    {
        Layer.Pair => "unknown",
        Layer.Host => "host",
        Layer.Tor => "tor",
        Layer.PodUplinks => "tor-leaf",
        Layer.LeafLayer => "leaf",
        Layer.PodsetUplinks => "leaf-spine",
        Layer.SpineLayer => "spine",
        _ => "border",
    };

    /// <summary>What it is, in words.</summary>
    public string DescribeIn(Fleet fleet) => Layer switch
    {
        Layer.Pair => $"between {fleet.Hosts[A].Name} and {fleet.Hosts[B].Name}",
        Layer.Host => $"at host {ScopeIn(fleet)}",
        Layer.Tor => $"at the ToR of pod {ScopeIn(fleet)}",
        Layer.PodUplinks => $"between the ToR of pod {ScopeIn(fleet)} and its leaves",
        Layer.LeafLayer => $"at the leaves of podset {ScopeIn(fleet)}",
        Layer.PodsetUplinks => $"between podset {ScopeIn(fleet)} and the spines",
        Layer.SpineLayer => $"at the spines of {ScopeIn(fleet)}",
        _ => $"between {fleet.Dcs[A].Name} and {fleet.Dcs[B].Name}",
    };
}
