using Pingmesh.Analysis.Naming;

namespace Pingmesh.Analysis.Slas;

/// <summary>
/// The scopes of one level by number, and which scope a stored cell (row = pod, cell = host) belongs to. The
/// scope comes from the pod's path as it was when it was measured. Not thread-safe.
/// </summary>
internal sealed class ScopeIndex(NameTable table, SlaLevel level)
{
    private readonly Dictionary<string, ulong> indexes = new(StringComparer.Ordinal);
    private readonly List<string> names = [];
    private readonly Dictionary<int, ulong?> byId = [];
    private bool isFinding;

    /// <summary>The scopes, in the order they came.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>How many of them were there before the first cell.</summary>
    public int InTopology { get; private set; }

    /// <summary>The number of a scope.</summary>
    public ulong Add(string name)
    {
        if (indexes.TryGetValue(name, out var index)) return index;
        index = (ulong)names.Count;
        indexes[name] = index;
        names.Add(name);
        if (!isFinding) InTopology = names.Count;
        return index;
    }

    /// <summary>The number of the scope of a cell; null when its names are not known.</summary>
    public ulong? Find(int pod, int host)
    {
        isFinding = true;
        var id = level == SlaLevel.Host ? host : pod;
        if (byId.TryGetValue(id, out var found)) return found;
        return byId[id] = table.FindText(id) is { } name ? Add(ScopeOf(name)) : null;
    }

    // A pod's path is dc/podset/pod.
    private string ScopeOf(string name) => level switch
    {
        SlaLevel.Podset => name[..name.LastIndexOf('/')],
        SlaLevel.Dc => name[..name.IndexOf('/', StringComparison.Ordinal)],
        _ => name,
    };
}
