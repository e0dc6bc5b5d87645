namespace Pingmesh.Analysis.Patterns;

/// <summary>One thing that stands out.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Scopes">Whom it concerns, by path: one scope, or two data centers.</param>
/// <param name="Bad">Cells that say so.</param>
/// <param name="Cells">Measured cells that could have said so.</param>
/// <param name="Confidence">0 to 1: the share of the cells that say so, less where chance could have made them.</param>
public sealed record PatternFinding(PatternKind Kind, IReadOnlyList<string> Scopes, int Bad, int Cells, double Confidence);

/// <summary>What a heatmap shows as a whole.</summary>
/// <param name="Kind">The one kind of its findings; <see cref="PatternKind.Mixed"/> of several.</param>
/// <param name="Findings">What stands out, the most telling first; empty when nothing does.</param>
/// <param name="Unexplained">Bad cells that no finding explains: noise, or pairs of their own.</param>
/// <param name="Confidence">0 to 1: the mean of the findings', less what stays unexplained; for a normal heatmap the share of its cells that are well.</param>
public sealed record Pattern(PatternKind Kind, IReadOnlyList<PatternFinding> Findings, int Unexplained, double Confidence)
{
    /// <summary>The sentence for people.</summary>
    public string Sentence => PatternWords.Of(this);
}
