namespace Pingmesh.Store.Sqlite;

/// <summary>
/// Keeps a second process from writing the same store: both would remember accepted batches in memory and count some
/// twice. The lock is on a file beside the store's, since closing a handle to the store's own file would drop the
/// locks that SQLite holds on it (POSIX advisory locks belong to the process).
/// </summary>
internal static class SqliteOwnership
{
    /// <summary>Takes the lock; it ends with the stream, or with the process.</summary>
    /// <exception cref="StoreException">The path cannot be used, or the store is in use; the message says which.</exception>
    public static FileStream Take(string path)
    {
        if (Directory.Exists(path)) throw new StoreException($"store '{path}': it is a folder; give the path of a file");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new StoreException($"store '{path}': there is no folder '{folder}'; make it first");
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StoreException($"store '{path}': no permission to write in folder '{folder}'", error);
        }
        catch (IOException error) when (File.Exists(path + ".lock"))
        {
            throw new StoreException($"store '{path}': another process uses it; stop that one or give another path", error);
        }
        catch (IOException error)
        {
            throw new StoreException($"store '{path}': cannot write in folder '{folder}': {error.Message}", error);
        }
    }
}
