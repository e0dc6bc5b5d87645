namespace Pingmesh.Store.ClickHouse;

/// <summary>
/// Names and their numbers. In the tables a name's number is a hash of it, so that collectors need not agree on one; in
/// this process it is a small number, given in the order in which names are met. Safe for any number of threads.
/// </summary>
internal sealed class ClickHouseNames(ClickHouseClient client, TimeProvider time) : IDisposable
{
    // Names that another collector's clock has dated a little earlier are read again.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim one = new(1);
    private readonly List<NumberedName> names = [];
    private readonly Dictionary<Name, int> ids = [];
    private readonly List<ulong> hashes = [];
    private readonly Dictionary<ulong, int> byHash = [];
    private readonly HashSet<Name> stored = [];
    private DateTimeOffset readUpTo = DateTimeOffset.UnixEpoch;

    private string Table => client.Settings.Table("names");

    public void Dispose() => one.Dispose();

    /// <summary>The names above a number, the newest ones of other collectors included.</summary>
    public async Task<IReadOnlyList<NumberedName>> ReadAsync(int after, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        lock (gate) return names[Math.Min(after, names.Count)..];
    }

    /// <summary>The numbers of names; what is new is durable on return.</summary>
    public async Task<IReadOnlyList<int>> AddAsync(IReadOnlyList<Name> wanted, CancellationToken cancellationToken)
    {
        List<Name> missing;
        lock (gate) missing = [.. wanted.Distinct().Where(name => !stored.Contains(name))];
        if (missing.Count > 0) await InsertAsync(missing, cancellationToken).ConfigureAwait(false);
        lock (gate) return [.. wanted.Select(Remember)];
    }

    /// <summary>The hash of a number that this process gave.</summary>
    public ulong HashOf(int id)
    {
        lock (gate) return hashes[id - 1];
    }

    /// <summary>The number of a hash; null when the name is not known (yet).</summary>
    public int? Find(ulong hash)
    {
        lock (gate) return byHash.TryGetValue(hash, out var id) ? id : null;
    }

    private async Task InsertAsync(List<Name> missing, CancellationToken cancellationToken)
    {
        var writer = new RowBinaryWriter();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        foreach (var name in missing)
        {
            writer.UInt8((int)name.Kind);
            writer.Text(name.Text);
            writer.UInt64(HashOf(name));
            writer.DateTime(now);
        }

        await client.InsertAsync(Table, "kind, text, id, added", writer.Written, cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            foreach (var name in missing)
            {
                Remember(name);
                stored.Add(name);
            }
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var now = time.GetUtcNow();
            var read = new List<Name>();
            await client.QueryAsync(
                $"SELECT DISTINCT kind, text FROM {Table} WHERE added >= toDateTime({Commits.Clamp(readUpTo.ToUnixTimeSeconds())})",
                row => read.Add(new Name((NameKind)row.UInt8(), row.Text())),
                cancellationToken).ConfigureAwait(false);
            lock (gate)
            {
                foreach (var name in read)
                {
                    Remember(name);
                    stored.Add(name);
                }
            }

            readUpTo = now - Overlap;
        }
        finally
        {
            one.Release();
        }
    }

    private static ulong HashOf(Name name) => Commits.HashOf($"{(int)name.Kind} {name.Text}");

    private int Remember(Name name)
    {
        if (ids.TryGetValue(name, out var id)) return id;
        var hash = HashOf(name);
        if (byHash.TryGetValue(hash, out var other))
            throw new StoreException($"the names '{name.Text}' and '{names[other - 1].Name.Text}' have the same hash; rename one of them");
        id = names.Count + 1;
        names.Add(new NumberedName(id, name));
        hashes.Add(hash);
        ids[name] = id;
        byHash[hash] = id;
        return id;
    }
}
