using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Pingmesh.Store.Sqlite;

/// <summary>
/// Chooses the native library: the system's where it is newer than the bundled one, so that a machine's security
/// updates count; else the bundled one.
/// </summary>
internal static class SqliteLibrary
{
    private const string BundledName = "e_sqlite3";
    private const string SystemName = "libsqlite3.so.0";

    private static readonly Lazy<string> Loaded = new(LoadOnce);
    private static readonly Lazy<nint> Chosen = new(Choose);

    private delegate int VersionNumber();

    /// <summary>Loads the library, once a process, and returns its version, such as <c>3.40.1</c>.</summary>
    public static string Load() => Loaded.Value;

    private static string LoadOnce()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        Batteries_V2.Init();
        return raw.sqlite3_libversion().utf8_to_string();
    }

    // Called for each function that is used, not once; 0 leaves a name to the ordinary search.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == BundledName ? Chosen.Value : 0;

    private static nint Choose()
    {
        if (!NativeLibrary.TryLoad(SystemName, out var system)) return 0;
        if (!NativeLibrary.TryLoad(BundledName, typeof(SQLite3Provider_e_sqlite3).Assembly, null, out var bundled)) return system;
        var systemIsNewer = VersionOf(system) > VersionOf(bundled);
        NativeLibrary.Free(systemIsNewer ? bundled : system);
        return systemIsNewer ? system : bundled;
    }

    private static int VersionOf(nint library) =>
        NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var export)
            ? Marshal.GetDelegateForFunctionPointer<VersionNumber>(export)()
            : 0;
}
