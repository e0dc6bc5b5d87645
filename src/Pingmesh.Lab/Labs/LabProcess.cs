using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Pingmesh.Lab.Labs;

/// <summary>A process of a lab that outlives the command that started it.</summary>
/// <param name="Role">What it is: <c>server</c>, <c>agents-1</c>, <c>relay-f2</c>.</param>
/// <param name="Id">Its process id.</param>
/// <param name="StartTime">When it started, in the kernel's ticks since boot: tells it from a later process of the same id.</param>
/// <param name="Log">File of its output.</param>
public sealed partial record LabProcess(string Role, int Id, long StartTime, string Log)
{
    private const int SigTerm = 15;
    private const int SigKill = 9;

    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => StartTimeOf(Id) == StartTime;

    // Tells whose a process is when nothing else is left that does.
    private const string Mark = "PINGMESH_LAB_OF";

    /// <summary>Starts a program in a session of its own, its output to a file.</summary>
    /// <param name="owner">Folder of the lab that it belongs to.</param>
    /// <param name="role">What it is.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="log">The file.</param>
    /// <exception cref="LabException">It cannot be started.</exception>
    public static LabProcess Start(string owner, string role, IReadOnlyList<string> command, string log)
    {
        // The shell redirects and becomes setsid, which becomes the program: all with one process id.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in new[] { "-c", "log=$1; shift; exec setsid \"$@\" >\"$log\" 2>&1 </dev/null", "sh", log }.Concat(command)) start.ArgumentList.Add(argument);
        start.Environment[Mark] = owner;
        using var process = Process.Start(start) ?? throw new LabException($"{role} cannot be started");
        return Of(role, process.Id, log);
    }

    /// <summary>A process that was started otherwise.</summary>
    public static LabProcess Of(string role, int id, string log) => new(role, id, StartTimeOf(id) ?? 0, log);

    /// <summary>The processes of a lab that run, by the mark that they were started with: also those that no state knows of.</summary>
    public static IReadOnlyList<LabProcess> FindAll(string owner)
    {
        var mark = $"{Mark}={owner}";
        var found = new List<LabProcess>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id)) continue;
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "environ")).Split('\0').Contains(mark)) found.Add(Of("?", id, ""));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It has ended, or it is not ours.
            }
        }

        return found;
    }

    /// <summary>Asks the process to stop, waits, and kills it when it does not.</summary>
    public async Task StopAsync()
    {
        if (!IsRunning) return;
        _ = Kill(Id, SigTerm);
        var waited = Stopwatch.StartNew();
        while (IsRunning)
        {
            if (waited.Elapsed > StopTime) _ = Kill(Id, SigKill);
            await Task.Delay(20);
        }
    }

    /// <summary>The last lines of its output.</summary>
    public string Tail(int lines = 5) => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(lines)) : "";

    // proc(5): field 22 of /proc/PID/stat; the command, field 2, is in parentheses and may hold anything. A zombie is not running.
    private static long? StartTimeOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
