using System.Text.Json;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Incidents;

/// <summary>
/// The incidents: those of the moment in memory, all in the store. What users say of them and what detection finds come from several threads and
/// servers; the newest version counts. Thread-safe.
/// </summary>
public sealed class IncidentBook : IIncidentSource, IDisposable
{
    /// <summary>Kind of the documents.</summary>
    public const string DocumentKind = "incident";

    /// <summary>Kind of the documents with evidence.</summary>
    public const string EvidenceKind = "incident-evidence";

    private const int Most = 10_000;
    private const int MostNotes = 200;

    private static readonly TimeSpan KeptResolved = TimeSpan.FromHours(1);

    private readonly IDocumentStore documents;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Incident> incidents = new(StringComparer.Ordinal);
    private readonly Queue<Document> unsaved = [];

    // The version of each incident that the store is known to have.
    private readonly Dictionary<string, long> saved = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim saving = new(1);

    private IncidentBook(IDocumentStore documents, TimeProvider time)
    {
        this.documents = documents;
        this.time = time;
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public IReadOnlyList<Incident> Current
    {
        get
        {
            var oldest = time.GetUtcNow() - KeptResolved;
            lock (gate) return [.. incidents.Values.Where(one => one.State != IncidentState.Resolved || one.Resolved > oldest).OrderByDescending(one => one.Onset)];
        }
    }

    /// <summary>Opens the book over a store.</summary>
    /// <param name="documents">The store.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public static async Task<IncidentBook> OpenAsync(IDocumentStore documents, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var book = new IncidentBook(documents, time);
        await book.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return book;
    }

    /// <summary>Takes over what other servers have written.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var found = await documents.ReadAsync(DocumentKind, now - TimeSpan.FromDays(31), now + TimeSpan.FromDays(1), Most, cancellationToken).ConfigureAwait(false);
        var changed = false;
        lock (gate)
        {
            foreach (var document in found)
            {
                if (incidents.TryGetValue(document.Id, out var own) && own.Version >= document.Version) continue;
                incidents[document.Id] = Read(document);
                saved[document.Id] = document.Version;
                changed = true;
            }

            foreach (var id in incidents.Values.Where(one => one.State == IncidentState.Resolved && one.Resolved < now - KeptResolved).Select(one => one.Id).ToList()) incidents.Remove(id);
        }

        if (changed) Changed?.Invoke();
    }

    /// <summary>The newest version of an incident; null when there is none of that id.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<Incident?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            if (incidents.TryGetValue(id, out var own)) return own;
        }

        return await documents.FindAsync(DocumentKind, id, cancellationToken).ConfigureAwait(false) is { } document ? Read(document) : null;
    }

    /// <summary>Incidents with an onset in [from, to), newest first.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<IReadOnlyList<Incident>> ReadAsync(DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken = default)
    {
        await SaveAsync(cancellationToken).ConfigureAwait(false);
        var found = await documents.ReadAsync(DocumentKind, from, to, limit, cancellationToken).ConfigureAwait(false);
        lock (gate) return [.. found.Select(document => incidents.TryGetValue(document.Id, out var own) && own.Version > document.Version ? own : Read(document))];
    }

    /// <summary>The evidence of an incident; null when none was kept.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<IncidentEvidence?> FindEvidenceAsync(string id, CancellationToken cancellationToken = default)
    {
        await SaveAsync(cancellationToken).ConfigureAwait(false);
        return await documents.FindAsync(EvidenceKind, id, cancellationToken).ConfigureAwait(false) is { } document
            ? JsonSerializer.Deserialize<IncidentEvidence>(document.Json, IncidentJson.Options)
            : null;
    }

    /// <summary>Changes an incident, or begins one.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="change">Gets what there is, null when there is nothing, and gives what is to be; the version is counted here. Null leaves it as it is.</param>
    /// <returns>What is now; null when there is nothing.</returns>
    public Incident? Change(string id, Func<Incident?, Incident?> change)
    {
        Incident? after;
        lock (gate)
        {
            var before = incidents.GetValueOrDefault(id);
            after = change(before);
            if (after is null || ReferenceEquals(after, before)) return before;

            // One that was over long ago is not in memory, and has a version in the store.
            after = after with { Version = Math.Max(before?.Version ?? 0, after.Version) + 1, Timeline = [.. after.Timeline.TakeLast(MostNotes)] };
            incidents[id] = after;
            unsaved.Enqueue(new Document(DocumentKind, id, after.Version, after.Onset, JsonSerializer.Serialize(after, IncidentJson.Options)));
        }

        Changed?.Invoke();
        return after;
    }

    /// <summary>Keeps evidence.</summary>
    public void Keep(IncidentEvidence evidence, DateTimeOffset onset)
    {
        lock (gate)
        {
            unsaved.Enqueue(new Document(
                EvidenceKind, evidence.Incident, time.GetUtcNow().ToUnixTimeMilliseconds(), onset, JsonSerializer.Serialize(evidence, IncidentJson.Options)));
        }
    }

    /// <summary>Writes what has changed to the store. What cannot be written is kept for the next time.</summary>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken = default)
    {
        await saving.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            List<Document> changes;
            lock (gate) changes = [.. unsaved];
            if (changes.Count == 0) return;

            // Of several versions of one only the last is of use.
            var last = changes.GroupBy(one => (one.Kind, one.Id)).Select(versions => versions.MaxBy(one => one.Version)!).ToList();
            for (var i = 0; i < last.Count; i++)
            {
                if (last[i].Kind == DocumentKind) last[i] = await MergedAsync(last[i], cancellationToken).ConfigureAwait(false);
            }

            await documents.PutAsync(last, cancellationToken).ConfigureAwait(false);
            lock (gate)
            {
                foreach (var one in last.Where(one => one.Kind == DocumentKind)) saved[one.Id] = one.Version;
                for (var i = 0; i < changes.Count; i++) unsaved.Dequeue();
            }
        }
        finally
        {
            saving.Release();
        }
    }

    // What another server has written meanwhile is kept: what users said of it, and what happened.
    private async Task<Document> MergedAsync(Document own, CancellationToken cancellationToken)
    {
        var there = await documents.FindAsync(DocumentKind, own.Id, cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            if (there is null || there.Version <= saved.GetValueOrDefault(own.Id)) return own;
            var (mine, theirs) = (incidents.GetValueOrDefault(own.Id) ?? Read(own), Read(there));
            var merged = mine with
            {
                Version = Math.Max(mine.Version, theirs.Version) + 1,
                Timeline = [.. mine.Timeline.Union(theirs.Timeline).OrderBy(note => note.At).TakeLast(MostNotes)],
                Acknowledged = mine.Acknowledged ?? theirs.Acknowledged,
                SilencedUntil = mine.SilencedUntil > theirs.SilencedUntil || theirs.SilencedUntil is null ? mine.SilencedUntil : theirs.SilencedUntil,
            };
            incidents[own.Id] = merged;
            return new Document(DocumentKind, own.Id, merged.Version, merged.Onset, JsonSerializer.Serialize(merged, IncidentJson.Options));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => saving.Dispose();

    private static Incident Read(Document document) =>
        JsonSerializer.Deserialize<Incident>(document.Json, IncidentJson.Options) ?? throw new StoreException($"the document of incident {document.Id} is empty");
}
