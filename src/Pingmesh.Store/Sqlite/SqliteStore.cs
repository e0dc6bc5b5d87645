using Pingmesh.Store.Journal;

namespace Pingmesh.Store.Sqlite;

/// <summary>The embedded store: journal, measurements and documents in one SQLite file, with no set-up.</summary>
public sealed class SqliteStore : IDisposable
{
    private readonly SqliteFile file;

    private SqliteStore(SqliteFile file, TimeProvider time)
    {
        this.file = file;
        Journal = new SqliteBatchJournal(file, time);
        Measurements = new SqliteMeasurementStore(file);
        Documents = new SqliteDocuments(file);
    }

    /// <summary>Version of the native library in use, such as <c>3.40.1</c>.</summary>
    public static string LibraryVersion => SqliteLibrary.Load();

    /// <summary>The journal.</summary>
    public IBatchJournal Journal { get; }

    /// <summary>The measurements.</summary>
    public IMeasurementStore Measurements { get; }

    /// <summary>The documents.</summary>
    public IDocumentStore Documents { get; }

    /// <summary>Opens the store's file, or makes it. Its folder must exist; a file <c>.lock</c> beside it keeps other processes out.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="time">Says when an epoch last had a batch.</param>
    /// <exception cref="StoreException">It cannot be opened; the message says why and what to do.</exception>
    public static SqliteStore Open(string path, TimeProvider time)
    {
        var file = SqliteFile.Open(path);
        try
        {
            return new SqliteStore(file, time);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file. No call may be under way.</summary>
    public void Dispose() => file.Dispose();
}
