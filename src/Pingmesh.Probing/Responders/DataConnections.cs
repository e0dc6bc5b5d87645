using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Responders;

/// <summary>
/// Serves the clients of a responder that send data, all of them on one thread and within a fixed amount of memory:
/// at most <see cref="MaxConnections"/> at once and <see cref="MaxPerSource"/> from one address, each for
/// <see cref="MaxLife"/> at most. What a client does not read is not read on for it either.
/// </summary>
internal sealed unsafe class DataConnections : IDisposable
{
    /// <summary>Most connections at once.</summary>
    public const int MaxConnections = 1_024;

    /// <summary>Most connections from one IPv4 address or IPv6 /64 at once.</summary>
    public const int MaxPerSource = 64;

    /// <summary>How long a connection may be silent.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may go on.</summary>
    public static readonly TimeSpan MaxLife = TimeSpan.FromSeconds(30);

    private const int AcceptAtOnce = 64;
    private const int EventNonblock = 0x800;

    private static readonly TimeSpan OutOfDescriptorsPause = TimeSpan.FromMilliseconds(100);

    private readonly int listener;
    private readonly int wake;
    private readonly Thread thread;
    private readonly List<DataConnection> connections = [];
    private readonly Dictionary<ulong, int> bySource = [];
    private readonly Stack<DataConnection> spare = new();
    private readonly Native.PollDescriptor[] polled = new Native.PollDescriptor[MaxConnections + 2];
    private volatile bool stopping;
    private long accepted;
    private long refused;
    private long timedOut;
    private long echoedBytes;
    private long httpAnswers;
    private long acceptAfter;
    private int open;

    /// <param name="listener">The listening socket, which the caller disposes after this.</param>
    /// <param name="name">Name of the thread.</param>
    public DataConnections(Socket listener, string name)
    {
        this.listener = (int)listener.Handle;
        wake = Native.EventDescriptor(0, Native.SockCloexec | EventNonblock);
        if (wake < 0) throw new IOException($"the responder cannot be started: {Marshal.GetLastPInvokeErrorMessage()}");
        thread = new Thread(Run) { Name = name, IsBackground = true };
        thread.Start();
    }

    public long Accepted => Volatile.Read(ref accepted);

    public long Refused => Volatile.Read(ref refused);

    public long TimedOut => Volatile.Read(ref timedOut);

    public long EchoedBytes => Volatile.Read(ref echoedBytes);

    public long HttpAnswers => Volatile.Read(ref httpAnswers);

    public int Open => Volatile.Read(ref open);

    public void Dispose()
    {
        if (stopping) return;
        stopping = true;
        ulong one = 1;
        _ = Native.Write(wake, &one, sizeof(ulong));
        thread.Join();
        _ = Native.Close(wake);
    }

    private void Run()
    {
        while (!stopping)
        {
            var count = FillPolled();
            int ready;
            fixed (Native.PollDescriptor* first = polled) ready = Native.Poll(first, (nuint)count, connections.Count == 0 ? -1 : 1_000);
            var now = Stopwatch.GetTimestamp();
            if (ready > 0) Serve(count, now);
            EndOverdue(now);
            if (ready > 0 && polled[1].Returned != 0) AcceptAll(now);
            Volatile.Write(ref open, connections.Count);
        }

        foreach (var connection in connections) connection.Reset();
    }

    private int FillPolled()
    {
        polled[0] = new Native.PollDescriptor { Descriptor = wake, Events = Native.PollIn };

        // While descriptors are short, waiting connections stay in the kernel's queue; asking again at once would only burn the CPU.
        var paused = acceptAfter != 0 && Stopwatch.GetTimestamp() < acceptAfter;
        polled[1] = new Native.PollDescriptor { Descriptor = paused ? -1 : listener, Events = Native.PollIn };
        for (var i = 0; i < connections.Count; i++)
            polled[i + 2] = new Native.PollDescriptor { Descriptor = connections[i].Descriptor, Events = connections[i].Wanted };
        return connections.Count + 2;
    }

    private void Serve(int count, long now)
    {
        // Backwards, since one that ends is replaced by the last, which was served already.
        for (var i = count - 3; i >= 0; i--)
        {
            if (polled[i + 2].Returned == 0) continue;
            var connection = connections[i];
            var goesOn = connection.Serve(now);
            Volatile.Write(ref echoedBytes, echoedBytes + connection.TakeEchoed());
            Volatile.Write(ref httpAnswers, httpAnswers + connection.TakeAnswers());
            if (!goesOn) End(i);
        }
    }

    private void EndOverdue(long now)
    {
        for (var i = connections.Count - 1; i >= 0; i--)
        {
            var connection = connections[i];
            if (Stopwatch.GetElapsedTime(connection.LastActive, now) < MaxSilence && Stopwatch.GetElapsedTime(connection.Began, now) < MaxLife) continue;
            Volatile.Write(ref timedOut, timedOut + 1);
            connection.Reset();
            End(i);
        }
    }

    private void End(int index)
    {
        var ended = connections[index];
        if (--bySource[ended.Source] == 0) bySource.Remove(ended.Source);
        connections[index] = connections[^1];
        connections.RemoveAt(connections.Count - 1);
        if (spare.Count < 16) spare.Push(ended);
    }

    private void AcceptAll(long now)
    {
        acceptAfter = 0;
        var address = stackalloc byte[28];
        for (var i = 0; i < AcceptAtOnce; i++)
        {
            uint length = 28;
            var descriptor = Native.Accept(listener, address, &length, Native.SockNonblock | Native.SockCloexec);
            if (descriptor < 0)
            {
                if (Errno.IsOutOfResources(Native.LastError())) acceptAfter = now + (long)(OutOfDescriptorsPause.TotalSeconds * Stopwatch.Frequency);
                return;
            }

            Volatile.Write(ref accepted, accepted + 1);
            Take(descriptor, SourceKey.Of(new ReadOnlySpan<byte>(address, (int)Math.Min(length, 28))), now);
        }
    }

    private void Take(int descriptor, ulong source, long now)
    {
        var fromSource = bySource.GetValueOrDefault(source);
        if (connections.Count >= MaxConnections || fromSource >= MaxPerSource)
        {
            Volatile.Write(ref refused, refused + 1);
            DataConnection.Reset(descriptor);
            return;
        }

        bySource[source] = fromSource + 1;
        var connection = spare.Count > 0 ? spare.Pop() : new DataConnection();
        connection.Begin(descriptor, source, now);
        connections.Add(connection);
    }
}
