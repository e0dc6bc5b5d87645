using Pingmesh.Store;

namespace Pingmesh.Analysis.Incidents;

/// <summary>Documents in memory only: for an analysis whose findings are not to outlive it, such as that of a simulation. Thread-safe.</summary>
public sealed class MemoryDocuments : IDocumentStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Kind, string Id), Document> documents = [];

    /// <inheritdoc/>
    public ValueTask PutAsync(IReadOnlyList<Document> documents, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            foreach (var one in documents)
            {
                if (!this.documents.TryGetValue((one.Kind, one.Id), out var before) || before.Version < one.Version) this.documents[(one.Kind, one.Id)] = one;
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<Document?> FindAsync(string kind, string id, CancellationToken cancellationToken = default)
    {
        lock (gate) return ValueTask.FromResult(documents.GetValueOrDefault((kind, id)));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Document>> ReadAsync(string kind, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            return ValueTask.FromResult<IReadOnlyList<Document>>(
                [.. documents.Values.Where(one => one.Kind == kind && one.Time >= from && one.Time < to).OrderByDescending(one => one.Time).Take(limit)]);
        }
    }

    /// <inheritdoc/>
    public ValueTask ForgetAsync(string kind, DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            foreach (var key in documents.Values.Where(one => one.Kind == kind && one.Time < before).Select(one => (one.Kind, one.Id)).ToList()) documents.Remove(key);
        }

        return ValueTask.CompletedTask;
    }
}
