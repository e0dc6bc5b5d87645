using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Pingmesh.Lab.Labs;

namespace Pingmesh.Lab.Namespaces;

/// <summary>
/// Lets a user without privileges have a lab: a process of the user's own holds a user namespace in which the user may do
/// to the lab's networks what root may, and to nothing else (user_namespaces(7)). Commands run once more inside of it.
/// </summary>
public static partial class UserSpace
{
    private const int CloneNewNet = 0x40000000;

    /// <summary>Sees that the programs that make namespaces are installed.</summary>
    /// <exception cref="LabException">One is missing; names its package.</exception>
    public static void RequireTools() => Tool.RequireAll();

    /// <summary>Whether this process may make network namespaces where it is.</summary>
    public static bool IsPrivileged()
    {
        var may = false;
        var thread = new Thread(() => may = Unshare(CloneNewNet) == 0);
        thread.Start();
        thread.Join();
        return may;
    }

    /// <summary>
    /// Whether a command on labs has to run again inside of the user's namespace; if so, what to run, which then is all there
    /// is to do. Makes the namespace when <paramref name="mayStart"/>.
    /// </summary>
    /// <param name="command">This command line.</param>
    /// <param name="mayStart">Whether to make the namespace where there is none.</param>
    /// <returns>The command line to run instead; null to go on here.</returns>
    /// <exception cref="LabException">This kernel lets the user have none; says so.</exception>
    public static async Task<IReadOnlyList<string>?> EnterAsync(IReadOnlyList<string> command, bool mayStart)
    {
        if (Environment.GetEnvironmentVariable(LabHome.Variable) is { Length: > 0 } || IsPrivileged()) return null;
        var root = LabHome.Root;
        var file = Path.Combine(root, "holder");
        var holder = Read(file);
        if (holder is null or { IsRunning: false })
        {
            if (!mayStart) return null;
            Directory.CreateDirectory(root);
            holder = await HoldAsync(root);
            File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{holder.Id} {holder.StartTime}\n"));
        }

        return
        [
            "nsenter", "--target", holder.Id.ToString(CultureInfo.InvariantCulture), "--user", "--mount", "--preserve-credentials", $"--wd={Environment.CurrentDirectory}", "--",
            "env", $"{LabHome.Variable}={root}", .. command,
        ];
    }

    /// <summary>Ends the user's namespace when no lab is left in it.</summary>
    public static async Task LeaveAsync()
    {
        var file = Path.Combine(LabHome.Root, "holder");
        if (Environment.GetEnvironmentVariable(LabHome.Variable) is { Length: > 0 } || LabHome.Labs().Count > 0 || Read(file) is not { } holder) return;
        await holder.StopAsync();
        Directory.Delete(LabHome.Root, recursive: true);
    }

    private static LabProcess? Read(string file)
    {
        if (!File.Exists(file)) return null;
        var parts = File.ReadAllText(file).Split(' ');
        return parts.Length == 2 && int.TryParse(parts[0], out var id) && long.TryParse(parts[1], out var started) ? new LabProcess("holder", id, started, "") : null;
    }

    private static async Task<LabProcess> HoldAsync(string root)
    {
        // /run is the user's own inside, so that 'ip netns' can keep its names there.
        var log = Path.Combine(root, "holder.log");
        var holder = LabProcess.Start(
            root,
            "holder",
            ["unshare", "--user", "--map-root-user", "--mount", "--propagation", "private", "--", "sh", "-c", "mount -t tmpfs pingmesh-lab /run && echo ready && exec sleep infinity"],
            log);
        var waited = Stopwatch.StartNew();
        while (!holder.Tail().Contains("ready", StringComparison.Ordinal))
        {
            if (!holder.IsRunning || waited.Elapsed > TimeSpan.FromSeconds(5))
                throw new LabException($"a lab needs root, or a kernel that lets users have namespaces of their own, which this one does not: {holder.Tail()}");
            await Task.Delay(20);
        }

        return holder;
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);
}
