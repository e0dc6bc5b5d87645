namespace Pingmesh.Store.ClickHouse;

/// <summary>Measurements in ClickHouse, for fleets that one file does not hold; any number of collectors feed the same tables.</summary>
public sealed class ClickHouseStore : IMeasurementStore, IDisposable
{
    // Evidence and noise of a time are in flushes from then on, but for a clock that is a little off.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(15);

    private readonly ClickHouseClient client;
    private readonly ClickHouseNames names;
    private readonly ClickHouseWindows windows;
    private readonly ClickHouseRecords records;
    private readonly Commits commits;
    private readonly ClickHouseUpkeep upkeep;
    private readonly SemaphoreSlim writing = new(1);

    // The rows of the flush being written are all there; whether its commit is, may not be known.
    private (string Journal, long UpTo, IReadOnlyList<Commit> Commits)? inserted;

    private ClickHouseStore(ClickHouseSettings settings, string journalId, TimeProvider time)
    {
        client = new ClickHouseClient(settings);
        names = new ClickHouseNames(client, time);
        windows = new ClickHouseWindows(client, names);
        records = new ClickHouseRecords(client, names);
        commits = new Commits(client, time);
        Documents = new ClickHouseDocuments(client, time);
        upkeep = new ClickHouseUpkeep(client, commits, windows, journalId, time);
    }

    /// <summary>The documents.</summary>
    public IDocumentStore Documents { get; }

    /// <summary>Opens the store.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="journalId">The journal of this collector.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">It cannot be reached, or its tables are not those of this program; says what to do.</exception>
    public static async Task<ClickHouseStore> OpenAsync(ClickHouseSettings settings, string journalId, TimeProvider time, CancellationToken cancellationToken = default)
    {
        using (var schema = new ClickHouseSchema(settings)) await schema.CheckAsync(cancellationToken).ConfigureAwait(false);
        return new ClickHouseStore(settings, journalId, time);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NumberedName>> ReadNamesAsync(int after = 0, CancellationToken cancellationToken = default) =>
        await names.ReadAsync(after, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<int>> AddNamesAsync(IReadOnlyList<Name> names, CancellationToken cancellationToken = default) =>
        await this.names.AddAsync(names, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<FlushMarks> ReadMarksAsync(CancellationToken cancellationToken = default) =>
        (await commits.ReadMarksAsync(cancellationToken).ConfigureAwait(false)).Marks;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Flush flush, CancellationToken cancellationToken = default)
    {
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if ((await commits.ReadMarksAsync(cancellationToken).ConfigureAwait(false)).Marks.Of(flush.JournalId) >= flush.UpTo) return;

            // A second attempt at the same flush, whose rows are there, must commit these and no others: the first commit
            // may yet turn out to have arrived.
            if (inserted is not { } attempt || attempt.Journal != flush.JournalId || attempt.UpTo != flush.UpTo)
            {
                var tag = commits.NewTag();
                var written = await windows.InsertAsync(flush.Rows, tag, cancellationToken).ConfigureAwait(false);
                await records.InsertAsync(flush.Evidence, tag, cancellationToken).ConfigureAwait(false);
                await records.InsertAsync(flush.Noise, tag, cancellationToken).ConfigureAwait(false);
                inserted = (flush.JournalId, flush.UpTo, CommitsOf(flush, written, tag));
            }

            await commits.WriteAsync(inserted.Value.Commits, cancellationToken).ConfigureAwait(false);
            inserted = null;
        }
        finally
        {
            writing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<FlushMarks> ReadWindowsAsync(WindowQuery query, Action<WindowRow> visit, CancellationToken cancellationToken = default)
    {
        var levels = new List<WindowLevel> { query.Level };
        while (levels[^1].Above() is { } above && above.LengthSeconds() <= query.LongestSeconds) levels.Add(above);
        var state = await commits.ReadWindowsAsync(levels, query.From, query.To, cancellationToken).ConfigureAwait(false);
        var known = state.Windows.ToLookup(window => window.Level, window => window.Start);
        var spans = WindowPlan.Of(query, span => Incomplete(state, known, query.Level, span))
            .GroupBy(span => span.Level)
            .Select(group => (
                group.Key,
                (IReadOnlyList<(long, ulong)>)[.. known[(int)group.Key].Where(start => group.Any(span => start >= span.From && start < span.To))
                    .SelectMany(start => state.Counting((int)group.Key, start).Select(commit => (start, commit.Flush)))]))
            .ToList();
        await windows.ReadAsync(query, spans, visit, cancellationToken).ConfigureAwait(false);
        return state.Marks;
    }

    /// <inheritdoc/>
    public async ValueTask<(IReadOnlyList<EvidenceRecord> Records, FlushMarks Marks)> ReadEvidenceAsync(EvidenceQuery query, CancellationToken cancellationToken = default)
    {
        var (state, tags) = await commits.ReadRecordsAsync(SinceOf(query.From / 1_000_000), cancellationToken).ConfigureAwait(false);
        return (await records.ReadAsync(query, tags, cancellationToken).ConfigureAwait(false), state.Marks);
    }

    /// <inheritdoc/>
    public async ValueTask<(IReadOnlyList<NoiseRecord> Records, FlushMarks Marks)> ReadNoiseAsync(NoiseQuery query, CancellationToken cancellationToken = default)
    {
        var (state, tags) = await commits.ReadRecordsAsync(SinceOf(query.From), cancellationToken).ConfigureAwait(false);
        return (await records.ReadAsync(query, tags, cancellationToken).ConfigureAwait(false), state.Marks);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> CompactAsync(long endedBy, CancellationToken cancellationToken = default) => await upkeep.CompactAsync(endedBy, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<bool> ExpireAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken = default) =>
        await upkeep.ExpireAsync(retention, now, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        names.Dispose();
        writing.Dispose();
    }

    private static IReadOnlyList<Commit> CommitsOf(Flush flush, IEnumerable<(WindowLevel Level, long Start)> written, ulong tag) =>
    [
        Commits.MarkOf(flush.JournalId, flush.UpTo),
        .. written.Select(window => new Commit((int)window.Level, window.Start, tag, [])),
        .. flush.Evidence.Count + flush.Noise.Count > 0 ? [new Commit(Commits.Records, 0, tag, [])] : Array.Empty<Commit>(),
    ];

    // A roll-up is incomplete when its windows have commits it has not seen: only those with commits need be looked at.
    private static List<long> Incomplete(CommitState state, ILookup<int, long> known, WindowLevel written, WindowSpan span)
    {
        long length = span.Level.LengthSeconds();
        return [.. known[(int)written].Where(start => start >= span.From && start < span.To).Select(start => start - (start % length)).Distinct()
            .Where(start => !state.IsComplete(span.Level, start)).Order()];
    }

    private static DateTimeOffset SinceOf(long unixSeconds) => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(unixSeconds, 0, uint.MaxValue)) - ClockTolerance;
}
