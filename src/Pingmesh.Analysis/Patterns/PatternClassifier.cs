using Pingmesh.Analysis.Heatmaps;

namespace Pingmesh.Analysis.Patterns;

/// <summary>
/// Says what a heatmap of pods shows. Not by comparing pictures: first the pods that are gone, or silent, are told by their
/// rows and columns. Of the rest, every hypothesis (a scope bad in both or one direction, a spine layer, a pair of data
/// centers) is weighed by how much likelier it makes the bad cells it covers, and the good ones, than chance does; the best is
/// taken, its cells are set aside, and so on until none is worth its words (minimum description length).
/// </summary>
public static class PatternClassifier
{
    // Of the cells that a fault covers this many are bad at the least; fewer are a fault's shadow, or chance.
    private const double LeastShare = 0.5;

    // A cell is bad by chance as often as the others are, at least so often.
    private const double LeastChance = 0.01;

    // A pod is gone when so many of its cells say so; the others may be windows on its edge.
    private const double Gone = 0.9;

    private const int LeastCells = 2;
    private const int MostFindings = 50;

    /// <summary>What a heatmap of pods shows.</summary>
    /// <param name="heatmap">A heatmap of <see cref="HeatmapLevel.Pod"/>, of any window.</param>
    public static Pattern Classify(Heatmap heatmap)
    {
        if (heatmap.Level != HeatmapLevel.Pod) throw new ArgumentException("only heatmaps of pods have patterns", nameof(heatmap));
        var matrix = new PatternMatrix(heatmap.Scopes);
        for (var i = 0; i < heatmap.Sources.Length; i++) matrix.Set(heatmap.Sources[i], heatmap.Targets[i], heatmap.States[i]);
        return Classify(matrix);
    }

    internal static Pattern Classify(PatternMatrix matrix)
    {
        if (matrix.Known < LeastCells) return new Pattern(PatternKind.NotEnoughData, [], 0, 0);
        var findings = new List<PatternFinding>();
        FindGone(matrix, findings);

        // What it costs to name one hypothesis of so many about so many cells.
        var cost = Math.Log(matrix.Known + 1) + Math.Log(matrix.Faults);
        while (matrix.Bad > 0 && findings.Count < MostFindings && Best(matrix, cost) is { } best)
        {
            findings.Add(best);
            matrix.SetAside(best);
        }

        var kind = findings.Count == 0 ? PatternKind.Normal : findings.Select(finding => finding.Kind).Distinct().Count() == 1 ? findings[0].Kind : PatternKind.Mixed;
        var well = 1 - ((double)matrix.Bad / Math.Max(1, matrix.Known));
        return new Pattern(kind, findings, matrix.Bad, findings.Count == 0 ? well : well * findings.Average(finding => finding.Confidence));
    }

    // Rows without data: down when nobody reaches the pod either, silent when others do. Whole podsets and data centers are told as such.
    private static void FindGone(PatternMatrix matrix, List<PatternFinding> findings)
    {
        var states = new PatternKind?[matrix.Pods];
        var speaking = Enumerable.Range(0, matrix.Pods).Where(pod => matrix.Row(pod).Any(cell => cell is not PatternCell.NoData)).ToList();
        if (speaking.Count == 0) return;
        for (var pod = 0; pod < matrix.Pods; pod++)
        {
            if (speaking.Contains(pod)) continue;
            var seen = speaking.Select(from => matrix[from, pod]).Where(cell => cell != PatternCell.NoData).ToList();
            if (seen.Count == 0) continue;
            states[pod] = seen.Count(cell => cell == PatternCell.Unreachable) >= Gone * seen.Count ? PatternKind.Down : PatternKind.Silent;
        }

        foreach (var kind in new[] { PatternKind.Down, PatternKind.Silent })
        {
            foreach (var (path, pods) in matrix.Largest(pod => states[pod] == kind))
            {
                var cells = pods.Sum(pod => speaking.Count(from => matrix[from, pod] != PatternCell.NoData));
                var bad = kind == PatternKind.Silent ? cells : pods.Sum(pod => speaking.Count(from => matrix[from, pod] == PatternCell.Unreachable));
                findings.Add(new PatternFinding(kind, [path], bad, cells, cells == 0 ? 0 : (double)bad / cells));
            }
        }

        // A pod that is gone says nothing of the network between the others.
        for (var pod = 0; pod < matrix.Pods; pod++)
        {
            if (states[pod] == PatternKind.Down) matrix.SetAside(pod);
        }
    }

    private static PatternFinding? Best(PatternMatrix matrix, double cost)
    {
        var chance = Math.Max(LeastChance, BadElsewhere(matrix));
        PatternFinding? best = null;
        var most = cost;
        foreach (var hypothesis in matrix.Hypotheses())
        {
            if (hypothesis.Cells < LeastCells || hypothesis.Bad < LeastShare * hypothesis.Cells) continue;
            var gain = Gain(hypothesis.Bad, hypothesis.Cells, chance);
            if (gain <= most) continue;
            most = gain;
            best = hypothesis with { Confidence = (double)hypothesis.Bad / hypothesis.Cells * (1 - Math.Exp(cost - gain)) };
        }

        return best;
    }

    // How bad cells are where no fault is: the half of the rows that has the fewest.
    private static double BadElsewhere(PatternMatrix matrix)
    {
        var shares = Enumerable.Range(0, matrix.Pods).Select(matrix.ShareOfRow).Where(share => share is not null).Select(share => share!.Value).Order().ToList();
        return shares.Count == 0 ? 0 : Math.Min(0.2, shares.Take((shares.Count + 1) / 2).Average());
    }

    // The logarithm of how much likelier bad cells out of so many are at their own share than by chance.
    private static double Gain(int bad, int cells, double chance)
    {
        var share = Math.Min(0.999, (double)bad / cells);
        return share <= chance ? 0 : (bad * Math.Log(share / chance)) + ((cells - bad) * Math.Log((1 - share) / (1 - chance)));
    }
}
