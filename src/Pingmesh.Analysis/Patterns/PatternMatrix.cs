using Pingmesh.Analysis.Heatmaps;

namespace Pingmesh.Analysis.Patterns;

/// <summary>A cell, as far as patterns go.</summary>
internal enum PatternCell : byte
{
    NoData,
    Good,
    Bad,
    Unreachable,
    SetAside,
}

/// <summary>The cells between pods, with the podsets and data centers that the pods are in. An unreachable cell is bad.</summary>
internal sealed class PatternMatrix
{
    private readonly PatternCell[] cells;
    private readonly IReadOnlyList<string> paths;
    private readonly int[] podsetOf;
    private readonly int[] dcOf;
    private readonly List<string> podsets = [];
    private readonly List<string> dcs = [];

    /// <summary>A matrix without data.</summary>
    /// <param name="paths">Paths of the pods.</param>
    public PatternMatrix(IReadOnlyList<string> paths)
    {
        this.paths = paths;
        cells = new PatternCell[paths.Count * paths.Count];
        podsetOf = [.. paths.Select(path => NumberOf(podsets, path[..path.LastIndexOf('/')]))];
        dcOf = [.. paths.Select(path => NumberOf(dcs, path[..path.IndexOf('/', StringComparison.Ordinal)]))];
    }

    /// <summary>Pods.</summary>
    public int Pods => paths.Count;

    /// <summary>Faults that there could be.</summary>
    public int Faults => (dcs.Count * (dcs.Count - 1) / 2) + dcs.Count + (3 * (podsets.Count + Pods));

    /// <summary>Cells that are good or bad and not set aside.</summary>
    public int Known => cells.Count(cell => cell is PatternCell.Good or PatternCell.Bad or PatternCell.Unreachable);

    /// <summary>Cells that are bad and not set aside.</summary>
    public int Bad => cells.Count(IsBad);

    public PatternCell this[int from, int to]
    {
        get => cells[(from * Pods) + to];
        set => cells[(from * Pods) + to] = value;
    }

    /// <summary>Sets what a heatmap's cell shows.</summary>
    public void Set(int from, int to, CellState state) => this[from, to] = state switch
    {
        CellState.NoData => PatternCell.NoData,
        CellState.Unreachable => PatternCell.Unreachable,
        CellState.Red => PatternCell.Bad,
        _ => PatternCell.Good,
    };

    /// <summary>The cells from a pod.</summary>
    public IEnumerable<PatternCell> Row(int pod) => new ArraySegment<PatternCell>(cells, pod * Pods, Pods);

    /// <summary>The share of bad cells from a pod; null without cells.</summary>
    public double? ShareOfRow(int pod)
    {
        var tally = Row(pod).Aggregate(default(PatternTally), (sum, cell) => sum + PatternTally.Of(cell));
        return tally.Known == 0 ? null : (double)tally.Bad / tally.Known;
    }

    /// <summary>The largest scopes that are made of pods with a property only: data centers, podsets, and the pods that are left.</summary>
    public IEnumerable<(string Path, IReadOnlyList<int> Pods)> Largest(Func<int, bool> has)
    {
        var left = Enumerable.Range(0, Pods).Where(has).ToHashSet();
        foreach (var (scopes, ofPod) in new[] { (dcs, dcOf), (podsets, podsetOf) })
        {
            for (var scope = 0; scope < scopes.Count; scope++)
            {
                var pods = Enumerable.Range(0, Pods).Where(pod => ofPod[pod] == scope).ToList();
                if (!pods.TrueForAll(left.Contains)) continue;
                left.ExceptWith(pods);
                yield return (scopes[scope], pods);
            }
        }

        foreach (var pod in left.Order()) yield return (paths[pod], [pod]);
    }

    /// <summary>Every fault that there could be, with the cells that it covers: how many are bad, and how many are known. The larger scopes first.</summary>
    public IEnumerable<PatternFinding> Hypotheses()
    {
        var sums = new PatternSums(this, podsetOf, podsets.Count);
        var ofDc = Enumerable.Range(0, podsets.Count).GroupBy(podset => NumberOf(dcs, podsets[podset].Split('/')[0])).OrderBy(group => group.Key).Select(group => group.ToList()).ToList();
        for (var a = 0; a < dcs.Count; a++)
        {
            for (var b = a + 1; b < dcs.Count; b++) yield return Finding(PatternKind.DcPair, sums.Between(ofDc[a], ofDc[b]) + sums.Between(ofDc[b], ofDc[a]), dcs[a], dcs[b]);
        }

        for (var dc = 0; dc < dcs.Count; dc++)
        {
            var apart = ofDc[dc].Aggregate(default(PatternTally), (sum, one) => sum + sums.Between([one], ofDc[dc].Where(other => other != one)));
            yield return Finding(PatternKind.SpineFailure, apart, dcs[dc]);
        }

        // What a podset's leaves carry: all but what stays in a pod.
        for (var podset = 0; podset < podsets.Count; podset++)
        {
            var others = Enumerable.Range(0, podsets.Count).Where(other => other != podset).ToList();
            var (outgoing, incoming) = (sums.Between([podset], others), sums.Between(others, [podset]));
            yield return Finding(PatternKind.Failure, outgoing + incoming + sums.Between([podset], [podset]), podsets[podset]);
            yield return Finding(PatternKind.Outgoing, outgoing, podsets[podset]);
            yield return Finding(PatternKind.Incoming, incoming, podsets[podset]);
        }

        for (var pod = 0; pod < Pods; pod++)
        {
            yield return Finding(PatternKind.Failure, sums.Row(pod) + sums.Column(pod), paths[pod]);
            yield return Finding(PatternKind.Outgoing, sums.Row(pod), paths[pod]);
            yield return Finding(PatternKind.Incoming, sums.Column(pod), paths[pod]);
        }
    }

    /// <summary>Sets aside the cells that a finding explains.</summary>
    public void SetAside(PatternFinding finding)
    {
        var isIn = finding.Scopes.Select(scope => paths.Select(path => path == scope || path.StartsWith(scope + "/", StringComparison.Ordinal)).ToArray()).ToList();
        for (var from = 0; from < Pods; from++)
        {
            for (var to = 0; to < Pods; to++)
            {
                if (from == to || this[from, to] == PatternCell.NoData) continue;
                var explains = finding.Kind switch
                {
                    PatternKind.DcPair => (isIn[0][from] && isIn[1][to]) || (isIn[1][from] && isIn[0][to]),
                    PatternKind.SpineFailure => isIn[0][from] && isIn[0][to] && podsetOf[from] != podsetOf[to],
                    PatternKind.Outgoing => isIn[0][from] && !isIn[0][to],
                    PatternKind.Incoming => !isIn[0][from] && isIn[0][to],
                    _ => isIn[0][from] || isIn[0][to],
                };
                if (explains) this[from, to] = PatternCell.SetAside;
            }
        }
    }

    /// <summary>Sets aside all cells of a pod.</summary>
    public void SetAside(int pod)
    {
        for (var other = 0; other < Pods; other++) this[pod, other] = this[other, pod] = PatternCell.SetAside;
    }

    private static int NumberOf(List<string> names, string name)
    {
        var number = names.IndexOf(name);
        if (number >= 0) return number;
        names.Add(name);
        return names.Count - 1;
    }

    private static PatternFinding Finding(PatternKind kind, PatternTally tally, params IReadOnlyList<string> scopes) => new(kind, scopes, tally.Bad, tally.Known, 0);

    private static bool IsBad(PatternCell cell) => cell is PatternCell.Bad or PatternCell.Unreachable;
}
