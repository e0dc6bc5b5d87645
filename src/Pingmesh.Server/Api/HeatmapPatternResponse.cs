using Pingmesh.Analysis.Heatmaps;
using Pingmesh.Analysis.Patterns;

namespace Pingmesh.Server.Api;

/// <summary>What a heatmap of pods shows.</summary>
/// <param name="Kind"><c>normal</c>, <c>down</c>, <c>silent</c>, <c>failure</c>, <c>outgoing</c>, <c>incoming</c>, <c>spine-failure</c>, <c>dc-pair</c>, <c>mixed</c> or <c>not-enough-data</c>.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Sentence">In words.</param>
/// <param name="Unexplained">Bad cells that no finding explains.</param>
/// <param name="Findings">What stands out.</param>
public sealed record HeatmapPatternResponse(string Kind, double Confidence, string Sentence, int Unexplained, IReadOnlyList<HeatmapFindingResponse> Findings)
{
    internal static HeatmapPatternResponse Of(Pattern pattern) => new(
        pattern.Kind.Name(), Math.Round(pattern.Confidence, 3), pattern.Sentence, pattern.Unexplained,
        [.. pattern.Findings.Select(finding => new HeatmapFindingResponse(finding.Kind.Name(), finding.Scopes, finding.Bad, finding.Cells, Math.Round(finding.Confidence, 3)))]);
}

/// <summary>One thing that stands out.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Scopes">Whom it concerns: one scope, or two data centers.</param>
/// <param name="Bad">Cells that say so.</param>
/// <param name="Cells">Measured cells that could have said so.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record HeatmapFindingResponse(string Kind, IReadOnlyList<string> Scopes, int Bad, int Cells, double Confidence);
