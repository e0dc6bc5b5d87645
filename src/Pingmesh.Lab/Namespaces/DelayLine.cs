using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Pingmesh.Lab.Namespaces;

/// <summary>
/// The way of one interface's packets through a delay: read from a TAP device (tun.rst of the kernel's documentation), sent
/// by a packet socket past the interface's queues (packet(7), PACKET_QDISC_BYPASS), and so past what diverted them.
/// </summary>
internal sealed unsafe partial class DelayLine : IDisposable
{
    private const int FrameBytes = 9_216;
    private const int MaxHeld = 16_384;

    private const int OpenReadWrite = 2;
    private const int OpenNonBlocking = 0x800;
    private const uint TunSetIff = 0x400454ca;
    private const short TapNoHeader = 0x0002 | 0x1000;
    private const int AfPacket = 17;
    private const int SockRaw = 3;
    private const int SolPacket = 263;
    private const int PacketQdiscBypass = 20;
    private const int SetTimerSlack = 29;
    private const short PollIn = 1;

    private readonly int tap;
    private readonly int raw;
    private readonly long delay;
    private readonly long jitter;
    private readonly Random random = new();
    private readonly Queue<Held> held = new();
    private readonly Stack<byte[]> free = new();

    private DelayLine(string name, string tapName, int tap, int raw, TimeSpan delay, TimeSpan jitter)
    {
        Interface = name;
        Tap = tapName;
        this.tap = tap;
        this.raw = raw;
        this.delay = (long)delay.TotalNanoseconds;
        this.jitter = (long)jitter.TotalNanoseconds;
    }

    /// <summary>The interface that packets leave by.</summary>
    public string Interface { get; }

    /// <summary>The TAP device that they are diverted to.</summary>
    public string Tap { get; }

    /// <summary>Packets that were lost because too many were held.</summary>
    public long Overflowed { get; private set; }

    /// <summary>Opens the devices, in the calling thread's namespace.</summary>
    public static DelayLine Open(string name, string tapName, TimeSpan delay, TimeSpan jitter)
    {
        var tap = OpenFile("/dev/net/tun", OpenReadWrite | OpenNonBlocking);
        if (tap < 0) throw Failed("/dev/net/tun");
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(tapName, new Span<byte>(request, 15));
        *(short*)(request + 16) = TapNoHeader;
        if (Control(tap, TunSetIff, request) != 0) throw Failed($"TAP device {tapName}");

        var index = IndexOf(name);
        if (index == 0) throw Failed($"interface {name}");

        // Protocol 0: it only sends.
        var raw = Socket(AfPacket, SockRaw, 0);
        if (raw < 0) throw Failed("packet socket");
        var one = 1;
        if (SetOption(raw, SolPacket, PacketQdiscBypass, &one, sizeof(int)) != 0) throw Failed("PACKET_QDISC_BYPASS");
        var address = stackalloc byte[20];
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = AfPacket;
        *(int*)(address + 4) = (int)index;
        if (Bind(raw, address, 20) != 0) throw Failed($"packet socket on {name}");
        return new DelayLine(name, tapName, tap, raw, delay, jitter);
    }

    /// <summary>Relays until told to stop, and then what is still held.</summary>
    public void Run(CancellationToken stop)
    {
        // Waits are to end when they should, and not up to 50 us later.
        _ = ProcessControl(SetTimerSlack, 1, 0, 0, 0);
        while (!stop.IsCancellationRequested || held.Count > 0)
        {
            Wait(stop);
            Read();
            Send();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = CloseFile(tap);
        _ = CloseFile(raw);
    }

    private static long Now() => Stopwatch.GetTimestamp();

    private static LabException Failed(string what) => new($"{what} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");

    private void Wait(CancellationToken stop)
    {
        const long longest = 100_000_000;
        var wait = held.TryPeek(out var first) ? Math.Clamp(first.Due - Now(), 0, longest) : stop.IsCancellationRequested ? 0 : longest;
        if (wait == 0) return;
        var poll = new PollRequest { Descriptor = tap, Events = PollIn };
        var time = new TimeSpec { Seconds = wait / 1_000_000_000, Nanoseconds = wait % 1_000_000_000 };
        _ = Poll(&poll, 1, &time, null);
    }

    private void Read()
    {
        while (true)
        {
            var frame = free.TryPop(out var used) ? used : new byte[FrameBytes];
            nint length;
            fixed (byte* start = frame) length = ReadFile(tap, start, FrameBytes);
            if (length <= 0 || held.Count >= MaxHeld)
            {
                free.Push(frame);
                if (length <= 0) return;
                Overflowed++;
                continue;
            }

            var due = Now() + delay + (jitter == 0 ? 0 : random.NextInt64(-jitter, jitter + 1));
            held.Enqueue(new Held(frame, (int)length, due));
        }
    }

    private void Send()
    {
        // In the order they came: who waits behind a late one is late too, as in a queue.
        while (held.TryPeek(out var first) && first.Due <= Now())
        {
            held.Dequeue();
            fixed (byte* start = first.Frame) _ = WriteFile(raw, start, first.Length);
            if (free.Count < MaxHeld / 4) free.Push(first.Frame);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int descriptor);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, void* address, uint length);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial uint IndexOf(string name);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint ReadFile(int descriptor, void* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint WriteFile(int descriptor, void* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "ppoll")]
    private static partial int Poll(PollRequest* requests, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    private readonly record struct Held(byte[] Frame, int Length, long Due);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
