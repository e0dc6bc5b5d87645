namespace Pingmesh.Analysis.Patterns;

/// <summary>Cells that are bad, of those that are known.</summary>
internal readonly record struct PatternTally(int Bad, int Known)
{
    public static PatternTally operator +(PatternTally a, PatternTally b) => new(a.Bad + b.Bad, a.Known + b.Known);

    /// <summary>One cell.</summary>
    public static PatternTally Of(PatternCell cell) => cell switch
    {
        PatternCell.Bad or PatternCell.Unreachable => new PatternTally(1, 1),
        PatternCell.Good => new PatternTally(0, 1),
        _ => default,
    };
}
