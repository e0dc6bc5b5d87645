using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Selections;
using Pingmesh.Analysis.Slas;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Latencies;

/// <summary>Tells how latency is distributed, and how it went over time. Safe for any number of threads.</summary>
public sealed class LatencyReader
{
    /// <summary>Most steps of one answer.</summary>
    public const int MostSteps = 2_000;

    // Steps that a series has when none is asked for: about this many.
    private const int UsualSteps = 120;

    private static readonly int[] Steps = [60, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400, 7 * 86_400];

    private readonly SelectionReader reader;

    internal LatencyReader(SelectionReader reader) => this.reader = reader;

    /// <summary>The latency of selections, one after the other.</summary>
    /// <param name="selections">The selections.</param>
    /// <param name="range">Over which time.</param>
    /// <param name="stepSeconds">Length of a step of the series; 0 for one that suits the range, null for no series.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    /// <exception cref="QueryException">The step does not go with the range; says why.</exception>
    /// <exception cref="UnknownSubjectException">There is no such scope.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<IReadOnlyList<LatencyResult>> ReadAsync(
        IReadOnlyList<Selection> selections, TimeRange range, int? stepSeconds, CancellationToken cancellationToken = default)
    {
        range.Check();
        var results = new List<LatencyResult>();
        foreach (var selection in selections)
        {
            var step = stepSeconds is { } asked ? StepOf(selection, range, asked) : (int?)null;
            var read = await reader.ReadAsync(selection, range, step, cancellationToken).ConfigureAwait(false);
            results.Add(new LatencyResult(
                selection.Text, read.Covered, read.IsComplete, step, LatencyFigures.Of(read.Total),
                [.. read.Steps.Select(one => KeyValuePair.Create(one.Key, SlaFigures.Of(selection.Text, null, one.Value)))]));
        }

        return results;
    }

    private int StepOf(Selection selection, TimeRange range, int asked)
    {
        var least = reader.WindowSecondsOf(selection, range);
        if (asked == 0) return Array.Find(Steps, step => step >= least && range.Seconds / step <= UsualSteps) is > 0 and var fitting ? fitting : Steps[^1];
        if (asked % least != 0) throw new QueryException($"a step of {asked} s does not go with windows of {least} s, the shortest that are kept of that time; use a multiple of that");
        if (range.Seconds / asked > MostSteps) throw new QueryException($"the range has more than {MostSteps} steps of {asked} s; use longer ones");
        return asked;
    }
}

/// <summary>The latency of a selection.</summary>
/// <param name="Selection">The selection, as it was asked for.</param>
/// <param name="Covered">The time really covered.</param>
/// <param name="IsComplete">Whether no measurement of that time can come any more.</param>
/// <param name="StepSeconds">Length of a step; null without a series.</param>
/// <param name="Figures">All of it.</param>
/// <param name="Series">Figures by start of a step, Unix seconds; steps without probes are left out.</param>
public sealed record LatencyResult(
    string Selection, TimeRange Covered, bool IsComplete, int? StepSeconds, LatencyFigures Figures, IReadOnlyList<KeyValuePair<long, SlaFigures>> Series);
