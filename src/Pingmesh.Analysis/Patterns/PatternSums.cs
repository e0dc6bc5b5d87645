namespace Pingmesh.Analysis.Patterns;

/// <summary>The cells of a matrix, added up once by row, by column and by pair of podsets. Cells within a pod are left out: they cross no leaf.</summary>
internal sealed class PatternSums
{
    private readonly PatternTally[] rows;
    private readonly PatternTally[] columns;
    private readonly PatternTally[,] blocks;

    public PatternSums(PatternMatrix matrix, int[] podsetOf, int podsets)
    {
        rows = new PatternTally[matrix.Pods];
        columns = new PatternTally[matrix.Pods];
        blocks = new PatternTally[podsets, podsets];
        for (var from = 0; from < matrix.Pods; from++)
        {
            for (var to = 0; to < matrix.Pods; to++)
            {
                if (from == to) continue;
                var tally = PatternTally.Of(matrix[from, to]);
                rows[from] += tally;
                columns[to] += tally;
                blocks[podsetOf[from], podsetOf[to]] += tally;
            }
        }
    }

    /// <summary>From a pod to others.</summary>
    public PatternTally Row(int pod) => rows[pod];

    /// <summary>From others to a pod.</summary>
    public PatternTally Column(int pod) => columns[pod];

    /// <summary>From pods of some podsets to pods of some.</summary>
    public PatternTally Between(IEnumerable<int> from, IEnumerable<int> to) =>
        from.Aggregate(default(PatternTally), (sum, one) => to.Aggregate(sum, (inner, other) => inner + blocks[one, other]));
}
