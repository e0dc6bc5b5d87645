using Pingmesh.Store;

namespace Pingmesh.Analysis.Naming;

/// <summary>The store's names, in memory. Safe for any number of threads; names are added by the ingest loop only.</summary>
internal sealed class NameTable
{
    private readonly IMeasurementStore store;
    private readonly Lock gate = new();
    private readonly Dictionary<Name, int> ids = [];
    private readonly Dictionary<int, Name> names = [];
    private readonly Dictionary<NameKind, int> counts = [];
    private readonly List<int> pods = [];
    private int highest;

    private NameTable(IMeasurementStore store) => this.store = store;

    /// <summary>Reads all names of the store.</summary>
    public static async Task<NameTable> LoadAsync(IMeasurementStore store, CancellationToken cancellationToken)
    {
        var table = new NameTable(store);
        await table.RefreshAsync(cancellationToken);
        return table;
    }

    /// <summary>Learns the names that other collectors have added to the store. To be called before a reading whose rows may refer to them.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        int known;
        lock (gate) known = highest;
        foreach (var (id, name) in await store.ReadNamesAsync(known, cancellationToken).ConfigureAwait(false)) Remember(id, name);
    }

    /// <summary>Numbers of all pods whose path is <paramref name="path"/> or below it.</summary>
    public HashSet<int> FindPods(string path)
    {
        lock (gate)
        {
            return [.. pods.Where(id => names[id].Text is var text && text.StartsWith(path, StringComparison.Ordinal)
                && (text.Length == path.Length || text[path.Length] == '/'))];
        }
    }

    /// <summary>Numbers of all hosts by name, and of all addresses that are in no topology.</summary>
    public HashSet<int> FindHosts(IEnumerable<string> texts) => [.. texts.Select(FindHost).OfType<int>()];

    /// <summary>How many names of a kind there are.</summary>
    public int Count(NameKind kind)
    {
        lock (gate) return counts.GetValueOrDefault(kind);
    }

    /// <summary>The number of a name, if it has one.</summary>
    public bool TryGetId(Name name, out int id)
    {
        lock (gate) return ids.TryGetValue(name, out id);
    }

    /// <summary>The number of a host by its name, or of an address that is in no topology; null when there is none.</summary>
    public int? FindHost(string text) =>
        TryGetId(new Name(NameKind.Host, text), out var id) || TryGetId(new Name(NameKind.Address, text), out id) ? id : null;

    /// <summary>The name of a number that the store gave; null for others.</summary>
    public string? FindText(int id)
    {
        lock (gate) return names.TryGetValue(id, out var name) ? name.Text : null;
    }

    /// <summary>Gives numbers to those of <paramref name="wanted"/> that have none.</summary>
    public async Task AddAsync(IReadOnlyCollection<Name> wanted, CancellationToken cancellationToken)
    {
        var missing = wanted.Distinct().Where(name => !TryGetId(name, out _)).ToList();
        if (missing.Count == 0) return;
        var given = await store.AddNamesAsync(missing, cancellationToken);
        for (var i = 0; i < given.Count; i++) Remember(given[i], missing[i]);
    }

    private void Remember(int id, Name name)
    {
        lock (gate)
        {
            if (!ids.TryAdd(name, id)) return;
            names[id] = name;
            counts[name.Kind] = counts.GetValueOrDefault(name.Kind) + 1;
            highest = Math.Max(highest, id);
            if (name.Kind == NameKind.Pod) pods.Add(id);
        }
    }
}
