using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Pingmesh.Store.Sqlite;

/// <summary>
/// The store's file: one connection that writes, under a lock, and as many that read as there are readers at once. In
/// WAL mode readers see the last committed state and do not hold up the writer.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly string path;
    private readonly FileStream ownership;
    private readonly SqliteConnection writer;
    private readonly Lock writing = new();
    private readonly ConcurrentBag<SqliteConnection> readers = [];
    private volatile bool isDisposed;

    private SqliteFile(string path, FileStream ownership, SqliteConnection writer)
    {
        this.path = path;
        this.ownership = ownership;
        this.writer = writer;
    }

    /// <summary>Opens the file, or makes it.</summary>
    /// <exception cref="StoreException">It cannot be opened; the message says why and what to do.</exception>
    public static SqliteFile Open(string path)
    {
        SqliteLibrary.Load();
        var ownership = SqliteOwnership.Take(path);
        SqliteConnection? writer = null;
        try
        {
            writer = Connect(path);

            // Before anything else is written to a new file, since it can be chosen only then (WAL mode writes): lets
            // deleted space go back to the file system bit by bit.
            writer.Run("PRAGMA auto_vacuum = INCREMENTAL");
            writer.Run("PRAGMA journal_mode = WAL");
            SqliteSchema.Prepare(writer, path);
            return new SqliteFile(path, ownership, writer);
        }
        catch (Exception error)
        {
            writer?.Dispose();
            ownership.Dispose();
            if (error is SqliteException sqlite) throw SqliteErrors.OnOpen(path, sqlite);
            throw;
        }
    }

    /// <summary>Runs <paramref name="work"/> in one transaction, durable on return.</summary>
    /// <exception cref="StoreUnavailableException">It failed; nothing was changed.</exception>
    public T Write<T>(Func<SqliteConnection, T> work)
    {
        lock (writing)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            try
            {
                writer.Run("BEGIN IMMEDIATE");
                var result = work(writer);
                writer.Run("COMMIT");
                return result;
            }
            catch (SqliteException error)
            {
                throw SqliteErrors.OnUse(path, error);
            }
            finally
            {
                // A full disk may have ended the transaction by itself.
                if (raw.sqlite3_get_autocommit(writer.Handle) == 0) writer.Run("ROLLBACK");
            }
        }
    }

    /// <summary>Runs <paramref name="work"/> on one unchanging state of the file.</summary>
    /// <exception cref="StoreUnavailableException">It failed.</exception>
    public T Read<T>(Func<SqliteConnection, T> work)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (!readers.TryTake(out var reader)) reader = ConnectReader();
        try
        {
            reader.Run("BEGIN");
            return work(reader);
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.OnUse(path, error);
        }
        finally
        {
            if (raw.sqlite3_get_autocommit(reader.Handle) == 0) reader.Run("ROLLBACK");
            readers.Add(reader);
            if (isDisposed) CloseReaders();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (writing)
        {
            if (isDisposed) return;
            isDisposed = true;
            CloseReaders();
            writer.Dispose();
            ownership.Dispose();
        }
    }

    private void CloseReaders()
    {
        while (readers.TryTake(out var reader)) reader.Dispose();
    }

    private SqliteConnection ConnectReader()
    {
        try
        {
            var reader = Connect(path);
            reader.Run("PRAGMA query_only = ON");
            return reader;
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.OnUse(path, error);
        }
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();

            // FULL: in WAL mode only this makes a commit survive a power cut. The WAL is cut back after large flushes.
            connection.Run("PRAGMA synchronous = FULL");
            connection.Run("PRAGMA journal_size_limit = 67108864");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
