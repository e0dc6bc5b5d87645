using System.Globalization;

namespace Pingmesh.Agent.SelfWatch;

/// <summary>What the kernel has counted since it started (proc(5): net/netstat, /proc/stat), in the calling thread's network namespace. A counter it does not have is 0.</summary>
/// <param name="ListenDrops">Connections dropped at listening sockets, for full queues or other causes (TcpExt ListenDrops).</param>
/// <param name="ListenOverflows">Connections dropped for full accept queues (TcpExt ListenOverflows).</param>
/// <param name="SynRetransmissions">SYNs retransmitted, this agent's probes included (TcpExt TCPSynRetrans).</param>
/// <param name="StealTicks">CPU time that a hypervisor gave to others, in ticks of all CPUs.</param>
/// <param name="AllTicks">All CPU time, in the same ticks.</param>
public readonly record struct KernelCounters(long ListenDrops, long ListenOverflows, long SynRetransmissions, long StealTicks, long AllTicks)
{
    private const int StealField = 8;
    private const int GuestField = 9;

    /// <summary>The counters now.</summary>
    public static KernelCounters Read()
    {
        try
        {
            return Parse(File.ReadAllText("/proc/thread-self/net/netstat"), File.ReadAllText("/proc/stat"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A container may hide them; then they tell nothing.
            return default;
        }
    }

    /// <summary>The counters in the text of both files.</summary>
    public static KernelCounters Parse(string netstat, string stat)
    {
        var (drops, overflows, retransmissions) = (0L, 0L, 0L);
        var lines = netstat.Split('\n');
        for (var i = 0; i + 1 < lines.Length; i++)
        {
            if (!lines[i].StartsWith("TcpExt:", StringComparison.Ordinal) || !lines[i + 1].StartsWith("TcpExt:", StringComparison.Ordinal)) continue;
            var names = lines[i].Split(' ');
            var values = lines[i + 1].Split(' ');
            drops = Number(names, values, "ListenDrops");
            overflows = Number(names, values, "ListenOverflows");
            retransmissions = Number(names, values, "TCPSynRetrans");
            break;
        }

        // The first line sums up all CPUs: "cpu  user nice system idle iowait irq softirq steal guest guest_nice". Guest
        // time is part of user time.
        var cpu = stat.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long all = 0;
        for (var i = 1; i < Math.Min(cpu.Length, GuestField); i++) all += Number(cpu[i]);
        return new KernelCounters(drops, overflows, retransmissions, cpu.Length > StealField ? Number(cpu[StealField]) : 0, all);
    }

    /// <summary>The share of CPU time, 0 to 1, that a hypervisor gave to others since an earlier reading.</summary>
    public double StealShareSince(KernelCounters earlier) =>
        AllTicks > earlier.AllTicks ? Math.Clamp((double)(StealTicks - earlier.StealTicks) / (AllTicks - earlier.AllTicks), 0, 1) : 0;

    private static long Number(string[] names, string[] values, string name)
    {
        var at = Array.IndexOf(names, name);
        return at >= 0 && at < values.Length ? Number(values[at]) : 0;
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
