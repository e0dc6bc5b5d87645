using System.Diagnostics;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Reactors;

/// <summary>
/// One thread that works in ticks, on a schedule of absolute times so that ticks do not drift. A tick that would be late
/// by a whole tick or more is skipped and counted, never made up for. An error in the work ends the reactor and shows in
/// <see cref="Completion"/>.
/// </summary>
public sealed unsafe class Reactor : IDisposable
{
    private readonly Thread thread;
    private readonly Action<long, long> onTick;
    private readonly NetworkSpace? space;
    private readonly long tick;
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool stopping;
    private bool started;
    private long lastTick;
    private long lateness;
    private long skipped;

    /// <summary>Makes a reactor; <see cref="Start"/> starts it.</summary>
    /// <param name="name">Name of the thread.</param>
    /// <param name="tick">Time between two ticks.</param>
    /// <param name="onTick">The work: gets the time the tick was due at and the time it is, monotonic nanoseconds.</param>
    /// <param name="space">Network namespace to work in; null for the process's own.</param>
    public Reactor(string name, TimeSpan tick, Action<long, long> onTick, NetworkSpace? space = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(tick, TimeSpan.Zero);
        this.tick = (long)tick.TotalNanoseconds;
        this.onTick = onTick;
        this.space = space;
        lastTick = Now();
        thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>Ends when the reactor has been stopped, or with the error that ended it.</summary>
    public Task Completion => completion.Task;

    /// <summary>How late the last tick came.</summary>
    public TimeSpan Lateness => TimeSpan.FromMicroseconds(Volatile.Read(ref lateness) / 1000.0);

    /// <summary>Ticks that were skipped.</summary>
    public long SkippedTicks => Volatile.Read(ref skipped);

    /// <summary>Time since the last tick was finished.</summary>
    public TimeSpan SinceLastTick => TimeSpan.FromMicroseconds((Now() - Volatile.Read(ref lastTick)) / 1000.0);

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        started = true;
        Volatile.Write(ref lastTick, Now());
        thread.Start();
    }

    /// <summary>Stops the thread and waits for it: no longer than the tick under way and one more.</summary>
    public void Dispose()
    {
        stopping = true;
        if (started && Thread.CurrentThread != thread) thread.Join();
    }

    // Stopwatch reads CLOCK_MONOTONIC, the clock of the sleep below; on Linux its unit is the nanosecond.
    private static long Now() => Stopwatch.GetTimestamp();

    private static void SleepUntil(long nanoseconds)
    {
        var until = new Native.TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        while (Native.ClockNanosleep(Native.ClockMonotonic, Native.TimerAbsolute, &until, null) == Errno.Interrupted)
        {
        }
    }

    private void Run()
    {
        try
        {
            space?.Enter();
            var due = Now() + tick;
            while (!stopping)
            {
                SleepUntil(due);
                if (stopping) break;
                var now = Now();
                Volatile.Write(ref lateness, now - due);
                onTick(due, now);
                now = Now();
                Volatile.Write(ref lastTick, now);
                due += tick;
                if (now <= due) continue;
                var missed = ((now - due) / tick) + 1;
                Volatile.Write(ref skipped, skipped + missed);
                due += missed * tick;
            }

            completion.TrySetResult();
        }
#pragma warning disable CA1031 // Whatever it is, it must reach the owner rather than end the process from a thread.
        catch (Exception error)
#pragma warning restore CA1031
        {
            completion.TrySetException(error);
        }
    }
}
