using Microsoft.Data.Sqlite;

namespace Pingmesh.Store.Sqlite;

/// <summary>The tables of the store's file, and the check that a file is one.</summary>
internal static class SqliteSchema
{
    /// <summary>Version that this program writes; kept in the file's user_version.</summary>
    public const int Version = 4;

    // "PMsh": marks the file as ours (PRAGMA application_id).
    private const int ApplicationId = 0x504d7368;

    private const string Tables = """
        CREATE TABLE journal_identity (id TEXT NOT NULL);
        -- AUTOINCREMENT: a position must never come again, or the flush mark would hide a new batch.
        CREATE TABLE journal (position INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL);
        CREATE TABLE seen (
            host TEXT NOT NULL, epoch INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, touched INTEGER NOT NULL,
            PRIMARY KEY (host, epoch, first)) WITHOUT ROWID;
        CREATE TABLE flush_marks (journal TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE names (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE (kind, text));
        -- Not WITHOUT ROWID: rows of kilobytes fill the overflow pages of an ordinary table better.
        CREATE TABLE windows (
            id INTEGER PRIMARY KEY, level INTEGER NOT NULL, start INTEGER NOT NULL, series INTEGER NOT NULL, row INTEGER NOT NULL,
            cells BLOB NOT NULL);
        CREATE INDEX windows_by_start ON windows (level, start, series, row);
        CREATE TABLE uncompacted (level INTEGER NOT NULL, start INTEGER NOT NULL, PRIMARY KEY (level, start)) WITHOUT ROWID;
        CREATE TABLE evidence (
            id INTEGER PRIMARY KEY, started INTEGER NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL, series INTEGER NOT NULL,
            source_address BLOB, source_port INTEGER NOT NULL, target_address BLOB NOT NULL, target_port INTEGER NOT NULL,
            error INTEGER NOT NULL, retransmissions INTEGER NOT NULL, loss_direction INTEGER NOT NULL, rtt INTEGER NOT NULL);
        CREATE INDEX evidence_by_time ON evidence (started);
        CREATE INDEX evidence_by_pair ON evidence (source, target, started);
        """;

    // Since version 2.
    private const string NoiseTable = """
        CREATE TABLE noise (
            host INTEGER NOT NULL, start INTEGER NOT NULL, noise INTEGER NOT NULL, worst_stall INTEGER NOT NULL,
            PRIMARY KEY (host, start)) WITHOUT ROWID;
        CREATE INDEX noise_by_start ON noise (start);
        """;

    // Since version 3. A window of a roll-up is complete unless it stands here; 'changes' tells whether it changed again
    // while it was being made.
    private const string UnrolledTable = """
        CREATE TABLE unrolled (level INTEGER NOT NULL, start INTEGER NOT NULL, changes INTEGER NOT NULL, PRIMARY KEY (level, start)) WITHOUT ROWID;
        """;

    // Since version 4. Times are microseconds of Unix time.
    private const string DocumentsTable = """
        CREATE TABLE documents (
            kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, time INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id));
        CREATE INDEX documents_by_time ON documents (kind, time);
        """;

    private const string MarkAllUnrolled = """
        INSERT INTO unrolled SELECT level + 4, start - start % 3600 AS hour, 1 FROM windows WHERE level <= 4 GROUP BY level, hour;
        INSERT INTO unrolled SELECT level + 8, start - start % 86400 AS day, 1 FROM windows WHERE level <= 4 GROUP BY level, day;
        """;

    /// <summary>Makes the tables in an empty file, or brings those of an older version up to <see cref="Version"/>.</summary>
    /// <exception cref="StoreException">The file is another program's, or of a newer version.</exception>
    public static void Prepare(SqliteConnection connection, string path)
    {
        var version = connection.Number("PRAGMA user_version");
        var application = connection.Number("PRAGMA application_id");
        if (version == 0 && application == 0 && connection.Number("SELECT count(*) FROM sqlite_master") == 0)
        {
            Create(connection);
            return;
        }

        Check(connection, path);
        if (version < 2) connection.Run($"BEGIN IMMEDIATE; {NoiseTable} PRAGMA user_version = 2; COMMIT");
        if (version < 3) connection.Run($"BEGIN IMMEDIATE; {UnrolledTable} {MarkAllUnrolled} PRAGMA user_version = 3; COMMIT");
        if (version < 4) connection.Run($"BEGIN IMMEDIATE; {DocumentsTable} PRAGMA user_version = 4; COMMIT");
    }

    /// <summary>Throws unless the file is a store that this program knows.</summary>
    /// <exception cref="StoreException">It is another program's, or of a newer version.</exception>
    public static void Check(SqliteConnection connection, string path)
    {
        if (connection.Number("PRAGMA application_id") != ApplicationId)
            throw new StoreException($"store '{path}': the file is another program's database; give the path of a pingmesh store or of a new file");
        var version = connection.Number("PRAGMA user_version");
        if (version > Version)
        {
            throw new StoreException(
                $"store '{path}': the file has schema version {version}, this program knows up to {Version}; use the newer program that wrote it");
        }

        if (version < 1) throw new StoreException($"store '{path}': the file has schema version {version}, which no release wrote");
    }

    private static void Create(SqliteConnection connection) =>
        connection.Run($"""
            BEGIN IMMEDIATE;
            {Tables}
            {NoiseTable}
            {UnrolledTable}
            {DocumentsTable}
            INSERT INTO journal_identity VALUES ('{Guid.NewGuid():N}');
            PRAGMA application_id = {ApplicationId};
            PRAGMA user_version = {Version};
            COMMIT
            """);
}
