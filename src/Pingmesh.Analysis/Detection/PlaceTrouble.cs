using System.Runtime.InteropServices;

namespace Pingmesh.Analysis.Detection;

/// <summary>The trouble at one place.</summary>
internal struct Trouble
{
    public long Bad;
    public long Failed;
    public int Pairs;

    /// <summary>Start of the first window with trouble, Unix seconds; 0 when it had trouble only before.</summary>
    public long Since;

    public void Add(in PairInTrouble pair, Signal signal)
    {
        var bad = pair.Tally.Bad(signal);
        if (bad == 0) return;
        Bad += bad;
        Failed += signal == Signal.Loss ? pair.Tally.Failed : 0;
        Pairs++;
        if (pair.Since > 0 && (Since == 0 || pair.Since < Since)) Since = pair.Since;
    }
}

/// <summary>The trouble at all places, in arrays: when much is broken there are hundreds of thousands of pairs to add up, twice a window.</summary>
internal sealed class PlaceTrouble(Fleet fleet)
{
    private readonly Trouble[] hosts = new Trouble[fleet.Hosts.Count];
    private readonly Trouble[] tors = new Trouble[fleet.Pods.Count];
    private readonly Trouble[] podUplinks = new Trouble[fleet.Pods.Count];
    private readonly Trouble[] leaves = new Trouble[fleet.Podsets.Count];
    private readonly Trouble[] podsetUplinks = new Trouble[fleet.Podsets.Count];
    private readonly Trouble[] spines = new Trouble[fleet.Dcs.Count];
    private readonly Dictionary<(int, int), Trouble> dcPairs = [];

    /// <summary>Adds a pair to all places that its probes go through.</summary>
    public void Add(in PairInTrouble pair, Signal signal)
    {
        hosts[pair.Source].Add(pair, signal);
        hosts[pair.Target].Add(pair, signal);
        var (podA, podB) = (fleet.PodOf(pair.Source), fleet.PodOf(pair.Target));
        tors[podA].Add(pair, signal);
        if (pair.Span == Span.Pod) return;
        tors[podB].Add(pair, signal);
        podUplinks[podA].Add(pair, signal);
        podUplinks[podB].Add(pair, signal);
        var (podsetA, podsetB) = (fleet.PodsetOfPod(podA), fleet.PodsetOfPod(podB));
        leaves[podsetA].Add(pair, signal);
        if (pair.Span == Span.Podset) return;
        leaves[podsetB].Add(pair, signal);
        podsetUplinks[podsetA].Add(pair, signal);
        podsetUplinks[podsetB].Add(pair, signal);
        var (dcA, dcB) = (fleet.DcOfPodset(podsetA), fleet.DcOfPodset(podsetB));
        spines[dcA].Add(pair, signal);
        if (pair.Span == Span.Dc) return;
        spines[dcB].Add(pair, signal);
        CollectionsMarshal.GetValueRefOrAddDefault(dcPairs, (Math.Min(dcA, dcB), Math.Max(dcA, dcB)), out _).Add(pair, signal);
    }

    /// <summary>The trouble at one place; of a pair none.</summary>
    public Trouble At(Place place) => place.Layer switch
    {
        Layer.Host => hosts[place.A],
        Layer.Tor => tors[place.A],
        Layer.PodUplinks => podUplinks[place.A],
        Layer.LeafLayer => leaves[place.A],
        Layer.PodsetUplinks => podsetUplinks[place.A],
        Layer.SpineLayer => spines[place.A],
        Layer.DcPair => dcPairs.GetValueOrDefault((place.A, place.B)),
        _ => default,
    };

    /// <summary>The places with trouble, the widest first.</summary>
    public IEnumerable<(Place Place, Trouble Trouble)> All()
    {
        foreach (var (pair, trouble) in dcPairs) yield return (new Place(Layer.DcPair, pair.Item1, pair.Item2), trouble);
        foreach (var (layer, troubles) in new[]
            { (Layer.SpineLayer, spines), (Layer.PodsetUplinks, podsetUplinks), (Layer.LeafLayer, leaves), (Layer.PodUplinks, podUplinks), (Layer.Tor, tors), (Layer.Host, hosts) })
        {
            for (var i = 0; i < troubles.Length; i++)
            {
                if (troubles[i].Bad > 0) yield return (new Place(layer, i), troubles[i]);
            }
        }
    }
}
