namespace Pingmesh.Store.ClickHouse;

/// <summary>
/// The table of documents: every version is a row, and the newest counts. ClickHouse merges the others away by and by, so that
/// readings take the newest themselves.
/// </summary>
internal sealed class ClickHouseDocuments(ClickHouseClient client, TimeProvider time) : IDocumentStore
{
    // The parts that a deletion changes are rewritten in the background.
    private static readonly TimeSpan LongestDeletion = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private string Table => client.Settings.Table("documents");

    public async ValueTask PutAsync(IReadOnlyList<Document> documents, CancellationToken cancellationToken)
    {
        if (documents.Count == 0) return;

        // Of rows of the same version a merge would keep the later one, which must change nothing.
        var known = await ReadVersionsAsync(documents, cancellationToken).ConfigureAwait(false);
        var newer = documents.Where(one => !known.TryGetValue((one.Kind, one.Id), out var version) || one.Version > version)
            .GroupBy(one => (one.Kind, one.Id)).Select(same => same.MaxBy(one => one.Version)!).ToList();
        if (newer.Count == 0) return;
        var writer = new RowBinaryWriter();
        foreach (var one in newer)
        {
            writer.Text(one.Kind);
            writer.Text(one.Id);
            writer.UInt64(checked((ulong)one.Version));
            writer.UInt64(checked((ulong)DocumentTime.Of(one.Time)));
            writer.Text(one.Json);
        }

        await client.InsertAsync(Table, "kind, id, version, time, json", writer.Written, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Document?> FindAsync(string kind, string id, CancellationToken cancellationToken) =>
        (await QueryAsync(kind, $"kind = {Quoted(kind)} AND id = {Quoted(id)}", 1, cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    public async ValueTask<IReadOnlyList<Document>> ReadAsync(string kind, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken) =>
        await QueryAsync(kind, $"kind = {Quoted(kind)} AND time >= {Clamped(from)} AND time < {Clamped(to)}", limit, cancellationToken).ConfigureAwait(false);

    public async ValueTask ForgetAsync(string kind, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = $"kind = {Quoted(kind)} AND time < {Clamped(before)}";
        foreach (var node in client.Settings.Urls)
        {
            // A deletion rewrites whole parts; mostly there is nothing to delete.
            if (await client.ValueAsync($"SELECT count() FROM {client.Settings.Local("documents")} WHERE {old}", cancellationToken, node).ConfigureAwait(false) == "0") continue;
            await client.RunAsync($"ALTER TABLE {client.Settings.Local("documents")} DELETE WHERE {old}", cancellationToken, node).ConfigureAwait(false);
            await AwaitDeletionAsync(node, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Dictionary<(string Kind, string Id), long>> ReadVersionsAsync(IReadOnlyList<Document> documents, CancellationToken cancellationToken)
    {
        var known = new Dictionary<(string, string), long>();
        var ids = string.Join(", ", documents.Select(one => Quoted(one.Id)).Distinct(StringComparer.Ordinal));
        var kinds = string.Join(", ", documents.Select(one => Quoted(one.Kind)).Distinct(StringComparer.Ordinal));
        await client.QueryAsync(
            $"SELECT kind, id, max(version) FROM {Table} WHERE kind IN ({kinds}) AND id IN ({ids}) GROUP BY kind, id",
            row => known[(row.Text(), row.Text())] = (long)row.UInt64(),
            cancellationToken).ConfigureAwait(false);
        return known;
    }

    private async Task<List<Document>> QueryAsync(string kind, string condition, int limit, CancellationToken cancellationToken)
    {
        var documents = new List<Document>();
        await client.QueryAsync(
            $"SELECT id, max(version), max(time), argMax(json, version) FROM {Table} WHERE {condition} GROUP BY id ORDER BY max(time) DESC, id LIMIT {limit}",
            row => documents.Add(new Document(kind, row.Text(), (long)row.UInt64(), DocumentTime.From((long)row.UInt64()), row.Text())),
            cancellationToken).ConfigureAwait(false);
        return documents;
    }

    private async Task AwaitDeletionAsync(Uri node, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < LongestDeletion)
        {
            var underWay = await client.ValueAsync(
                $"SELECT count() FROM system.mutations WHERE database = '{client.Settings.Database}' AND table = 'documents_local' AND NOT is_done", cancellationToken, node).ConfigureAwait(false);
            if (underWay == "0") return;
            await Task.Delay(LookEvery, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Clamped(DateTimeOffset time) => Math.Max(0, DocumentTime.Of(time)).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Quoted(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
