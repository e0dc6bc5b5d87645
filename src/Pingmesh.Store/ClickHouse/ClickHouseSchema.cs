using System.Globalization;

namespace Pingmesh.Store.ClickHouse;

/// <summary>
/// The tables of a ClickHouse store. Each has a local part on every node (<c>..._local</c>) and, in a cluster, a Distributed
/// table over the shards. All statements run on ClickHouse 18.16; what newer servers do better is used where they have it.
/// </summary>
public sealed class ClickHouseSchema : IDisposable
{
    /// <summary>Version that this program needs.</summary>
    public const int Version = 2;

    // Codecs, and Delta among them, came with 19.14 in a form that did not change any more.
    private static readonly System.Version WithCodecs = new(19, 14);

    private readonly ClickHouseClient client;

    /// <summary>The schema of the store at <paramref name="settings"/>.</summary>
    public ClickHouseSchema(ClickHouseSettings settings) => client = new ClickHouseClient(settings);

    /// <summary>Makes what is missing, on every node.</summary>
    /// <param name="say">Told what is done, a line each.</param>
    /// <param name="cancellationToken">Gives up; to be run again.</param>
    /// <exception cref="StoreException">A node cannot be reached or refuses a statement; says which and why.</exception>
    public async Task MigrateAsync(Action<string> say, CancellationToken cancellationToken = default)
    {
        foreach (var node in client.Settings.Urls) await MigrateAsync(node, say, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Throws unless every node that answers has the tables of this <see cref="Version"/>.</summary>
    /// <exception cref="StoreException">A table is missing or of another version, or no node answers.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        var version = await VersionAsync(null, cancellationToken).ConfigureAwait(false);
        if (version == Version) return;
        throw new StoreException(version < Version
            ? $"the tables in ClickHouse have version {version}, this program needs {Version}; run 'pingmesh store migrate' first"
            : $"the tables in ClickHouse have version {version}, this program knows up to {Version}; use the newer program that made them");
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<int> VersionAsync(Uri? node, CancellationToken cancellationToken)
    {
        var there = await client.ValueAsync(
            $"SELECT count() FROM system.tables WHERE database = '{client.Settings.Database}' AND name = 'schema_local'", cancellationToken, node).ConfigureAwait(false);
        return there == "0"
            ? 0
            : int.Parse(await client.ValueAsync($"SELECT max(version) FROM {client.Settings.Local("schema")}", cancellationToken, node).ConfigureAwait(false), CultureInfo.InvariantCulture);
    }

    private async Task MigrateAsync(Uri node, Action<string> say, CancellationToken cancellationToken)
    {
        var settings = client.Settings;
        var server = await client.ValueAsync("SELECT version()", cancellationToken, node).ConfigureAwait(false);
        var version = await VersionAsync(node, cancellationToken).ConfigureAwait(false);
        if (version > Version) throw new StoreException($"ClickHouse at {node}: the tables have version {version}, this program knows up to {Version}; use the newer program that made them");
        if (settings.Cluster is { } cluster && await client.ValueAsync($"SELECT count() FROM system.clusters WHERE cluster = '{cluster}'", cancellationToken, node).ConfigureAwait(false) == "0")
            throw new StoreException($"ClickHouse at {node}: there is no cluster '{cluster}' in system.clusters; correct --clickhouse-cluster or the server's remote_servers");
        if (version == Version)
        {
            say($"{node}: ClickHouse {server}, tables of version {version} are there");
            return;
        }

        var isReplicated = await IsReplicatedAsync(node, cancellationToken).ConfigureAwait(false);
        await client.RunAsync($"CREATE DATABASE IF NOT EXISTS {settings.Database}", cancellationToken, node).ConfigureAwait(false);
        foreach (var table in TablesFor(server))
        {
            var engine = isReplicated
                ? $"Replicated{table.Engine}('/clickhouse/tables/{{shard}}/{settings.Database}/{table.Name}', '{{replica}}'{(table.EngineArgument.Length > 0 ? $", {table.EngineArgument}" : "")})"
                : $"{table.Engine}({table.EngineArgument})";
            await client.RunAsync(
                $"CREATE TABLE IF NOT EXISTS {settings.Local(table.Name)} ({table.Columns}) ENGINE = {engine} {(table.Partition is null ? "" : $"PARTITION BY {table.Partition} ")}ORDER BY {table.Order}",
                cancellationToken,
                node).ConfigureAwait(false);
            if (settings.Cluster is not null)
            {
                await client.RunAsync(
                    $"CREATE TABLE IF NOT EXISTS {settings.Table(table.Name)} AS {settings.Local(table.Name)} ENGINE = Distributed({settings.Cluster}, {settings.Database}, {table.Name}_local, {table.Shard})",
                    cancellationToken,
                    node).ConfigureAwait(false);
            }
        }

        // For other tools: the rows with sketches that sumMap takes.
        await client.RunAsync(
            $"""
            CREATE VIEW IF NOT EXISTS {settings.Database}.cells AS SELECT level, start, kind, class, dscp, row, cell, flush, probes, dropped_once, dropped_more,
            error, error_count, rtt_sum, rtt_min, rtt_max, {ClickHouseWindows.SketchColumns} FROM {settings.Table("windows")}
            """,
            cancellationToken,
            node).ConfigureAwait(false);
        await client.RunAsync($"CREATE TABLE IF NOT EXISTS {settings.Local("schema")} (version UInt32, at DateTime) ENGINE = MergeTree ORDER BY version", cancellationToken, node).ConfigureAwait(false);
        await client.RunAsync($"INSERT INTO {settings.Local("schema")} SELECT {Version}, now()", cancellationToken, node).ConfigureAwait(false);
        say($"{node}: ClickHouse {server}, tables of version {Version} made{(isReplicated ? ", replicated" : "")}");
    }

    // A coordinator is configured when the server has the table that shows it; macros say which replica this one is.
    private async Task<bool> IsReplicatedAsync(Uri node, CancellationToken cancellationToken) =>
        client.Settings.Cluster is not null
        && await client.ValueAsync("SELECT count() FROM system.tables WHERE database = 'system' AND name = 'zookeeper'", cancellationToken, node).ConfigureAwait(false) != "0"
        && await client.ValueAsync("SELECT count() FROM system.macros WHERE macro IN ('shard', 'replica')", cancellationToken, node).ConfigureAwait(false) == "2";

    private static IEnumerable<Table> TablesFor(string server)
    {
        var codecs = System.Version.TryParse(server, out var number) && number >= WithCodecs;
        string Codec(string codec) => codecs ? $" CODEC({codec})" : "";
        var packed = Codec("ZSTD(1)");

        // Names: the id is a hash of kind and text, so that every collector gives the same without asking.
        yield return new Table(
            "names", "kind UInt8, text String, id UInt64, added DateTime", "ReplacingMergeTree", "", null, "(kind, text)", "id");

        // A row is what one flush, compaction or roll-up ('flush') adds to a cell of a window; see the commits for which count.
        yield return new Table(
            "windows",
            $"""
            level UInt8, start DateTime('UTC'){Codec("Delta, ZSTD(1)")}, kind UInt8, class UInt8, dscp UInt8, row UInt64{packed}, cell UInt64{packed}, flush UInt64{packed},
            probes UInt64{packed}, dropped_once UInt64{packed}, dropped_more UInt64{packed}, error Array(UInt8){packed}, error_count Array(UInt64){packed},
            rtt_sum UInt64{packed}, rtt_min UInt64{packed}, rtt_max UInt64{packed}, step Array(Int16){packed}, low Array(UInt8){packed}, high Array(UInt32){packed}
            """,
            "MergeTree", "", $"(level, intDiv(toUInt32(start), {PartitionSeconds}))", "(level, start, kind, class, dscp, row, cell, flush)", "row");
        yield return new Table(
            "evidence",
            $"""
            started UInt64{Codec("Delta, ZSTD(1)")}, source UInt64, target UInt64, kind UInt8, class UInt8, dscp UInt8, source_address String, source_port UInt16, target_address String,
            target_port UInt16, error UInt8, retransmissions UInt8, loss_direction UInt8, rtt UInt64, flush UInt64{packed}
            """,
            "MergeTree", "", "intDiv(started, 86400000000)", "(source, target, started)", "source");
        yield return new Table(
            "noise", "start DateTime('UTC'), host UInt64, noise UInt16, worst_stall UInt64, flush UInt64", "MergeTree", "", "intDiv(toUInt32(start), 86400)", "(host, start)", "host");

        // What counts: written last, in one block, so that a flush counts wholly or not at all. All on one shard, to be read as one state.
        yield return new Table(
            "commits", "level UInt8, start DateTime('UTC'), flush UInt64, replaces Array(UInt64), sources UInt64, journal String, up_to UInt64, at DateTime",
            "ReplacingMergeTree", "up_to", null, "(level, start, flush)", "toUInt64(0)");

        // Since version 2. All versions of a document are in one partition and on one shard, where they are merged into the newest. Times are microseconds.
        yield return new Table(
            "documents", $"kind String, id String, version UInt64, time UInt64, json String{packed}", "ReplacingMergeTree", "version", $"(kind, intDiv(time, {DocumentsPartition}))", "(kind, id)",
            "cityHash64(kind, id)");
    }

    // Days of minutes, weeks of hours, years of days: parts of these lengths are dropped at once when they are too old.
    internal const string PartitionSeconds = "multiIf(level <= 4, 86400, level <= 8, 604800, 31536000)";

    // 30 days in microseconds.
    private const string DocumentsPartition = "2592000000000";

    private sealed record Table(string Name, string Columns, string Engine, string EngineArgument, string? Partition, string Order, string Shard);
}
