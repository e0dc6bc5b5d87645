using Microsoft.Data.Sqlite;

namespace Pingmesh.Store.Sqlite;

/// <summary>Copies a store's file while a server uses it.</summary>
public static class SqliteBackup
{
    /// <summary>
    /// Writes one state of the store at <paramref name="path"/>, packed tightly, to <paramref name="target"/>. The server
    /// goes on reading and writing meanwhile. Returns the bytes of the copy.
    /// </summary>
    /// <exception cref="StoreException">The store cannot be read, or the copy not written; says why. Nothing is left of the copy.</exception>
    public static long Write(string path, string target)
    {
        SqliteLibrary.Load();
        if (!File.Exists(path)) throw new StoreException($"store '{path}': there is no such file; --data names the server's data folder");
        if (File.Exists(target)) throw new StoreException($"'{target}' exists already; give the name of a new file");

        // Under another name until it is whole and on the disk.
        var part = target + ".part";
        File.Delete(part);
        try
        {
            using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 60 }.ToString()))
            {
                connection.Open();
                SqliteSchema.Check(connection, path);
                using var copy = connection.Command("VACUUM INTO $target", "$target");
                copy.Run(part);
            }

            using (var written = new FileStream(part, FileMode.Open, FileAccess.ReadWrite)) written.Flush(flushToDisk: true);
            File.Move(part, target);
            return new FileInfo(target).Length;
        }
        catch (SqliteException error)
        {
            File.Delete(part);
            throw new StoreException($"'{target}' cannot be written from store '{path}': {error.Message}", error);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
