namespace Pingmesh.Analysis.Detection;

/// <summary>A host pair of which probes were in trouble in a stretch of windows.</summary>
internal struct PairInTrouble
{
    public int Source;
    public int Target;
    public Span Span;
    public PairTally Tally;

    /// <summary>Start of the first window with trouble, Unix seconds; 0 when it had trouble only before.</summary>
    public long Since;
}
