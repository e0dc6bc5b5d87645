using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Pingmesh.Store.Sqlite;

/// <summary>The engine's errors in the store's words.</summary>
internal static class SqliteErrors
{
    /// <summary>The exception for an error while the file was being opened.</summary>
    public static StoreException OnOpen(string path, SqliteException error) => error.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB => new StoreException($"store '{path}': the file is no database; give the path of a pingmesh store or of a new file", error),
        raw.SQLITE_CORRUPT => new StoreException($"store '{path}': the file is damaged: {error.Message}", error),
        raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM =>
            new StoreException($"store '{path}': no permission to read and write the file and its folder", error),
        _ => OnUse(path, error),
    };

    /// <summary>The exception for an error in a transaction, which was undone.</summary>
    public static StoreException OnUse(string path, SqliteException error) => error.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => new StoreUnavailableException($"store '{path}': the disk is full", isFull: true, error),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StoreException($"store '{path}': the file is damaged: {error.Message}", error),
        _ => new StoreUnavailableException($"store '{path}': {error.Message}", isFull: false, error),
    };
}
