using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Pingmesh.Agent.SelfWatch;

/// <summary>
/// Gives back memory that a process needed once, at its start, and holds ever since: dead objects, free pages of the C
/// library's heap, and the pages of the program and of the runtime that were read then. What is still used of these is
/// mapped again from the page cache at its next use.
/// </summary>
public static partial class ResidentMemory
{
    private const int DontNeed = 4;
    private const int ArenaMax = -8;

    /// <summary>Has the C library take memory of one heap for all threads (mallopt(3), M_ARENA_MAX). Without effect where it is not glibc.</summary>
    public static void UseOneHeap()
    {
        try
        {
            _ = MallOpt(ArenaMax, 1);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, which does not keep a heap for each thread.
        }
    }

    /// <summary>Gives back what is not used. Takes some milliseconds, in which managed threads stand still.</summary>
    public static void GiveBack()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // As above.
        }

        try
        {
            foreach (var (start, length) in CleanCode(File.ReadLines("/proc/self/smaps"), Folders())) _ = MAdvise(start, length, DontNeed);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A sandbox may hide the file; then these pages stay.
        }
    }

    /// <summary>
    /// The mappings that can be dropped without loss, of proc(5)'s smaps: of files below one of the folders, which stay
    /// mapped as long as the process lives; not writable; and without a page that differs from the file's (a relocated
    /// or patched one would be lost).
    /// </summary>
    internal static IEnumerable<(nint Start, nuint Length)> CleanCode(IEnumerable<string> smaps, IReadOnlyCollection<string> folders)
    {
        (nint Start, nuint Length)? candidate = null;
        foreach (var line in smaps)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (colon < 0 || space < colon)
            {
                // A mapping's first line: "7f12a0000000-7f12a0021000 r-xp 00015000 fe:00 5366629   /path".
                if (candidate is { } clean) yield return clean;
                candidate = Mapping(line, folders);
            }
            else if (line.StartsWith("Anonymous:", StringComparison.Ordinal) || line.StartsWith("Swap:", StringComparison.Ordinal))
            {
                if (!line.AsSpan(colon + 1).Trim().StartsWith("0 ", StringComparison.Ordinal)) candidate = null;
            }
        }

        if (candidate is { } last) yield return last;
    }

    private static (nint Start, nuint Length)? Mapping(string line, IReadOnlyCollection<string> folders)
    {
        var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 6 || fields[1].Contains('w', StringComparison.Ordinal)) return null;
        if (!folders.Any(folder => fields[5].StartsWith(folder, StringComparison.Ordinal))) return null;
        var dash = fields[0].IndexOf('-', StringComparison.Ordinal);
        var start = ulong.Parse(fields[0].AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var end = ulong.Parse(fields[0].AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return ((nint)start, (nuint)(end - start));
    }

    private static string[] Folders()
    {
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        return [.. new[] { runtime, AppContext.BaseDirectory }.Where(folder => folder.Length > 1)];
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MAdvise(nint start, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint keep);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}
