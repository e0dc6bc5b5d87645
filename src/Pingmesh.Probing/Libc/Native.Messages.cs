using System.Runtime.InteropServices;

namespace Pingmesh.Probing.Libc;

/// <summary>Calls and structures of message sockets: man pages recvmmsg(2), sendmmsg(2), poll(2), ip(7), ipv6(7), socket(7), cmsg(3).</summary>
internal static unsafe partial class Native
{
    public const int SockDgram = 2;
    public const int SockRaw = 3;

    public const int MsgErrorQueue = 0x2000;
    public const int MsgWaitForOne = 0x10000;
    public const int MsgDontWait = 0x40;
    public const int MsgNoSignal = 0x4000;
    public const int MsgTruncated = 0x20;

    public const int SoReuseAddress = 2;
    public const int SoSendBuffer = 7;
    public const int SoReceiveBuffer = 8;
    public const int SoReceiveBufferForce = 33;
    public const int SoMemoryInfo = 55;
    public const int SoTimestampNanoseconds = 35;
    public const int SoTimestamping = 37;

    public const int IpTtl = 2;
    public const int IpPacketInfo = 8;
    public const int IpMtuDiscover = 10;
    public const int IpReceiveErrors = 11;
    public const int IpReceiveTtl = 12;
    public const int IpReceiveTos = 13;
    public const int IpLocalPortRange = 51;

    public const int Ipv6UnicastHops = 16;
    public const int Ipv6MtuDiscover = 23;
    public const int Ipv6ReceiveErrors = 25;
    public const int Ipv6Only = 26;
    public const int Ipv6ReceivePacketInfo = 49;
    public const int Ipv6PacketInfo = 50;
    public const int Ipv6ReceiveHopLimit = 51;
    public const int Ipv6HopLimit = 52;
    public const int Ipv6DontFragment = 62;
    public const int Ipv6ReceiveTclass = 66;

    public const int SolRaw = 255;
    public const int IpProtoIcmp = 1;
    public const int IpProtoUdp = 17;
    public const int IpProtoIcmpv6 = 58;

    public const short PollIn = 1;
    public const short PollOut = 4;
    public const short PollError = 8;
    public const short PollHangUp = 16;

    public const int ShutdownWrite = 1;

    // Blocks where it is asked to wait, so no suppressed transition.
    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMessages(int socket, MessageVector* messages, uint count, int flags, TimeSpec* timeout);

    [LibraryImport("libc", EntryPoint = "recvmmsg")]
    [SuppressGCTransition]
    public static partial int ReceiveMessagesNow(int socket, MessageVector* messages, uint count, int flags, TimeSpec* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg")]
    [SuppressGCTransition]
    public static partial int SendMessages(int socket, MessageVector* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg")]
    [SuppressGCTransition]
    public static partial nint ReceiveMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recv")]
    [SuppressGCTransition]
    public static partial nint Receive(int socket, void* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    [SuppressGCTransition]
    public static partial nint Send(int socket, void* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "accept4")]
    [SuppressGCTransition]
    public static partial int Accept(int socket, void* address, uint* length, int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    public static partial int GetTime(int clock, TimeSpec* time);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary>struct msghdr of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>struct mmsghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageVector
    {
        public MessageHeader Header;
        public uint Length;
    }

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
