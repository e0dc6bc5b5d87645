using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pingmesh.Probing.Libc;

/// <summary>
/// The C library calls of the probers: man pages socket(2), bind(2), connect(2), getsockopt(2), getsockname(2), close(2),
/// clock_nanosleep(2), setns(2). Short calls suppress the GC transition, and their errno is read right after them.
/// </summary>
internal static unsafe partial class Native
{
    public const int AfInet = 2;
    public const int AfInet6 = 10;
    public const int SockStream = 1;
    public const int SockNonblock = 0x800;
    public const int SockCloexec = 0x80000;

    public const int SolSocket = 1;
    public const int SoError = 4;
    public const int SoLinger = 13;

    public const int IpProtoIp = 0;
    public const int IpTos = 1;
    public const int IpBindAddressNoPort = 24;
    public const int IpProtoIpv6 = 41;
    public const int Ipv6Tclass = 67;

    public const int IpProtoTcp = 6;
    public const int TcpInfo = 11;

    public const int ClockMonotonic = 1;
    public const int TimerAbsolute = 1;

    /// <summary>The errno of the call before, which must be one of these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LastError() => Marshal.GetLastSystemError();

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(int descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "socket")]
    [SuppressGCTransition]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind")]
    [SuppressGCTransition]
    public static partial int Bind(int socket, void* address, uint length);

    [LibraryImport("libc", EntryPoint = "connect")]
    [SuppressGCTransition]
    public static partial int Connect(int socket, void* address, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    [SuppressGCTransition]
    public static partial int GetOption(int socket, int level, int name, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    [SuppressGCTransition]
    public static partial int SetOption(int socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    [SuppressGCTransition]
    public static partial int GetName(int socket, void* address, uint* length);

    [LibraryImport("libc", EntryPoint = "close")]
    [SuppressGCTransition]
    public static partial int Close(int socket);

    // Sleeps: the GC must not wait for it, so no suppressed transition. Returns the error number itself.
    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    public static partial int ClockNanosleep(int clock, int flags, TimeSpec* request, TimeSpec* remain);

    /// <summary>struct timespec of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>struct linger.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Linger
    {
        public int On;
        public int Seconds;
    }
}
