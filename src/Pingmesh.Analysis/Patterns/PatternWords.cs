using System.Globalization;

namespace Pingmesh.Analysis.Patterns;

/// <summary>Says what a pattern means.</summary>
internal static class PatternWords
{
    private const int Listed = 5;

    public static string Of(Pattern pattern) => pattern.Kind switch
    {
        PatternKind.NotEnoughData => "Not enough was measured to say anything.",
        PatternKind.Normal when pattern.Unexplained > 0 => $"No pattern: {pattern.Unexplained} bad cell{(pattern.Unexplained == 1 ? "" : "s")} here and there.",
        PatternKind.Normal => "Nothing stands out.",
        _ => string.Join(' ', pattern.Findings.Take(Listed).Select(Of)) + (pattern.Findings.Count > Listed ? $" And {pattern.Findings.Count - Listed} more." : ""),
    };

    private static string Of(PatternFinding finding)
    {
        var scope = Named(finding.Scopes[0]);
        var share = finding.Cells == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({100.0 * finding.Bad / finding.Cells:F0} % of {finding.Cells} cells are bad)");
        return finding.Kind switch
        {
            PatternKind.Down => $"{Capital(scope)} is down: nothing in it measures, and nobody reaches it.",
            PatternKind.Silent => $"{Capital(scope)} is silent: its agents report nothing, but others reach it.",
            PatternKind.Failure => $"{Capital(scope)} is bad to and from others{share}.",
            PatternKind.Outgoing => $"{Capital(scope)} is bad to others, and others are well to it{share}.",
            PatternKind.Incoming => $"Others are bad to {scope}, and it is well to them{share}.",
            PatternKind.SpineFailure => $"The spine layer of {finding.Scopes[0]} is bad: its podsets are well within and bad to each other{share}.",
            PatternKind.DcPair => $"{finding.Scopes[0]} and {finding.Scopes[1]} are bad to each other{share}.",
            _ => "",
        };
    }

    private static string Named(string path) => path.Count(c => c == '/') switch
    {
        0 => $"data center {path}",
        1 => $"podset {path}",
        _ => $"pod {path}",
    };

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
