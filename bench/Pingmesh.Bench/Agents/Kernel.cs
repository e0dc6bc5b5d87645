using System.Runtime.InteropServices;

namespace Pingmesh.Bench.Agents;

/// <summary>What the bench asks of the kernel that .NET has no call for.</summary>
internal static partial class Kernel
{
    /// <summary>The nice value of the lowest ordinary priority.</summary>
    public const int LowestPriority = 19;

    private const int CloneNewNet = 0x40000000;
    private const int ThreadCpuTime = 3;

    /// <summary>CPU time a process has used, user and system, all threads, ended ones too; to the nanosecond.</summary>
    // clock_getcpuclockid(3): a process's clock is its id, complemented and shifted, with CPUCLOCK_SCHED.
    public static TimeSpan CpuTimeOf(int process) => Read((~process << 3) | 2);

    /// <summary>CPU time the calling thread has used.</summary>
    public static TimeSpan CpuTimeOfThread() => Read(ThreadCpuTime);

    /// <summary>Runs work on a thread of a network namespace; sockets and processes made there stay there.</summary>
    public static T Inside<T>(string space, Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{space}");
                if (SetNamespace((int)handle.DangerousGetHandle(), CloneNewNet) != 0) throw new IOException($"setns {space}: {Marshal.GetLastPInvokeErrorMessage()}");
                result = work();
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException(failure.Message, failure);
    }

    /// <summary>Sets the calling thread's nice value, which threads it starts inherit (setpriority(2): on Linux of a thread).</summary>
    public static void SetNice(int nice)
    {
        if (SetPriority(0, 0, nice) != 0) throw new IOException($"setpriority: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static TimeSpan Read(int clock)
    {
        if (GetTime(clock, out var time) != 0) throw new InvalidOperationException("the process has ended");
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1e3);
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int nice);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
