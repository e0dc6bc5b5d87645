namespace Pingmesh.Store.ClickHouse;

/// <summary>Where a ClickHouse store is.</summary>
public sealed record ClickHouseSettings
{
    /// <summary>
    /// HTTP addresses of its nodes: all of them, since tables are made and old data is deleted on each. A request goes to
    /// the first one that answers.
    /// </summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    /// <summary>The database; made by a migration.</summary>
    public string Database { get; init; } = "pingmesh";

    /// <summary>The user; null for the server's default.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string? Password { get; init; }

    /// <summary>Name of the cluster in the servers' <c>remote_servers</c>, whose shards share the data; null for a single server.</summary>
    public string? Cluster { get; init; }

    /// <summary>The table that statements about <paramref name="table"/> go to: over all shards where there are any.</summary>
    internal string Table(string table) => Cluster is null ? Local(table) : $"{Database}.{table}";

    /// <summary>The node's own part of a table.</summary>
    internal string Local(string table) => $"{Database}.{table}_local";
}
