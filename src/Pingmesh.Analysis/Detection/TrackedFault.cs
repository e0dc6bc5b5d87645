using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Localisation;

namespace Pingmesh.Analysis.Detection;

/// <summary>A fault of the network while it is followed. Changed under the detector's lock only.</summary>
internal sealed class TrackedFault
{
    public required string Id { get; init; }

    public required Plane Plane { get; init; }

    public required Signal Signal { get; init; }

    public required Place Place { get; set; }

    /// <summary>What it was found by, at its worst.</summary>
    public required Suspicion Worst { get; set; }

    /// <summary>Start of the first window with trouble, Unix seconds.</summary>
    public required long Onset { get; init; }

    /// <summary>Start of the last window with trouble, Unix seconds.</summary>
    public long LastBad { get; set; }

    /// <summary>When the trouble had gone, Unix seconds; null while it lasts.</summary>
    public long? Cleared { get; set; }

    /// <summary>When it was over, Unix seconds; null before.</summary>
    public long? Over { get; set; }

    /// <summary>The incident it turned out to be part of; null while it is one of its own.</summary>
    public string? PartOf { get; set; }

    public Findings? Findings { get; set; }

    /// <summary>What was looked at in all investigations, newest last.</summary>
    public List<FlowSeen> Flows { get; } = [];

    public Repeats Repeats { get; set; } = Repeats.None;

    /// <summary>What came of the probes that agents made again by themselves.</summary>
    public Repeats Confirmed { get; set; } = Repeats.None;

    /// <summary>All that is known of probes made again: where orders were carried out they say more, since they try every flow alike.</summary>
    public Repeats AllRepeats => Repeats.IsDeterministic is null ? Repeats.And(Confirmed) : Repeats;

    public int Investigations { get; set; }

    public bool IsBeingInvestigated { get; set; }

    /// <summary>Whether the flows were traced once more after the trouble had gone.</summary>
    public bool IsTracedAfter { get; set; }

    /// <summary>The flows that were traced then.</summary>
    public List<FlowSeen> After { get; } = [];

    /// <summary>When it may be investigated again, Unix seconds.</summary>
    public long NextInvestigation { get; set; }

    /// <summary>Scores of <see cref="BlackHoleRule"/> at the onset, by pod.</summary>
    public IReadOnlyDictionary<string, double> BlackHoleScores { get; set; } = new Dictionary<string, double>();

    public IReadOnlyList<EvidenceWindow> Series { get; set; } = [];

    /// <summary>Whether it was told that it is over.</summary>
    public bool IsToldOver { get; set; }

    /// <summary>When something was last told of it, Unix seconds: only changes, and now and then that it lasts.</summary>
    public long ToldAt { get; set; }

    /// <summary>Whether it accounts for the trouble of a pair.</summary>
    /// <param name="fleet">The hosts.</param>
    /// <param name="plane">Which probes.</param>
    /// <param name="signal">What trouble.</param>
    /// <param name="source">The host that probed.</param>
    /// <param name="target">The host that was probed.</param>
    /// <param name="window">Start of the window, Unix seconds.</param>
    public bool Explains(Fleet fleet, Plane plane, Signal signal, int source, int target, long window)
    {
        const int edge = 20;
        if (window < Onset - edge || window > (Cleared ?? long.MaxValue - edge) + edge) return false;

        // What is lost is late at best; what hurts handshakes hurts all.
        if (Signal != signal && Signal != Signal.Loss) return false;
        return (Plane == plane || Plane == Plane.Basic) && Place.Carries(fleet, source, target);
    }
}
