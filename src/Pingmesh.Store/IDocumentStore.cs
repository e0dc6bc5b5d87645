namespace Pingmesh.Store;

/// <summary>
/// Where documents are kept that few are written of and that change: incidents, tests that operators ran, the audit log. Any number of
/// servers write to one store: the newest version of a document counts. Every method throws
/// <see cref="StoreUnavailableException"/> when the store cannot do it now; the same call may be made again.
/// </summary>
public interface IDocumentStore
{
    /// <summary>
    /// Writes versions of documents; durable on return. A version that is not newer than the one that is there changes nothing.
    /// </summary>
    ValueTask PutAsync(IReadOnlyList<Document> documents, CancellationToken cancellationToken = default);

    /// <summary>The newest version of a document, or null.</summary>
    ValueTask<Document?> FindAsync(string kind, string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// The newest versions of the documents of a kind whose time is in [<paramref name="from"/>, <paramref name="to"/>), newest first.
    /// </summary>
    ValueTask<IReadOnlyList<Document>> ReadAsync(string kind, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken = default);

    /// <summary>Deletes the documents of a kind whose time is before <paramref name="before"/>.</summary>
    ValueTask ForgetAsync(string kind, DateTimeOffset before, CancellationToken cancellationToken = default);
}
