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

    private NameTable(IMeasurementStore store) => this.store = store;

    /// <summary>Reads all names of the store.</summary>
    public static async Task<NameTable> LoadAsync(IMeasurementStore store, CancellationToken cancellationToken)
    {
        var table = new NameTable(store);
        foreach (var (id, name) in await store.ReadNamesAsync(cancellationToken)) table.Remember(id, name);
        return table;
    }

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
        }
    }
}
