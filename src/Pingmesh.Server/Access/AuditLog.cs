using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pingmesh.Store;

namespace Pingmesh.Server.Access;

/// <summary>Who did what, when and from where: documents that nobody can change by way of a server.</summary>
public sealed class AuditLog(IDocumentStore store, TimeProvider time)
{
    /// <summary>Kind of its documents.</summary>
    public const string Kind = "audit";

    /// <summary>Most entries of one reading.</summary>
    public const int MaxEntries = 10_000;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Who sent a request.</summary>
    public static Actor ActorOf(HttpContext context)
    {
        var caller = AccessControl.CallerOf(context);
        var address = context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
        return new Actor(caller.Name ?? "nobody", caller.Role.ToString().ToLowerInvariant(), address?.ToString() ?? "");
    }

    /// <summary>Remembers what somebody is about to do; to be done only when this returned.</summary>
    /// <param name="who">Who; see <see cref="ActorOf"/>.</param>
    /// <param name="action">What, in a word or two.</param>
    /// <param name="detail">What exactly, in a line.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="StoreUnavailableException">It cannot be remembered now.</exception>
    public async Task WriteAsync(Actor who, string action, string detail, CancellationToken cancel = default)
    {
        var entry = new AuditEntry(Guid.CreateVersion7().ToString("N"), time.GetUtcNow(), who, action, detail);
        await store.PutAsync([new Document(Kind, entry.Id, 1, entry.At, JsonSerializer.Serialize(entry, Json))], cancel).ConfigureAwait(false);
    }

    /// <summary>Entries of a time, the newest first.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read.</exception>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancel = default)
    {
        var documents = await store.ReadAsync(Kind, from, to, Math.Min(limit, MaxEntries), cancel).ConfigureAwait(false);
        return [.. documents.Select(document => JsonSerializer.Deserialize<AuditEntry>(document.Json, Json)).OfType<AuditEntry>()];
    }
}
