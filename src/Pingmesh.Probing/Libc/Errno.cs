using Pingmesh.Core.Probes;

namespace Pingmesh.Probing.Libc;

/// <summary>Error numbers of Linux (errno(3), the generic table that x86-64 and arm64 share) and what they mean for a probe.</summary>
internal static class Errno
{
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int BrokenPipe = 32;
    public const int InvalidArgument = 22;
    public const int MessageTooLong = 90;
    public const int NoProtocolOption = 92;
    public const int AddressInUse = 98;
    public const int InProgress = 115;

    private const int NotPermitted = 1;
    private const int NoMemory = 12;
    private const int AccessDenied = 13;
    private const int TableFull = 23;
    private const int TooManyFiles = 24;
    private const int AddressNotAvailable = 99;
    private const int NetworkDown = 100;
    private const int NetworkUnreachable = 101;
    private const int ConnectionAborted = 103;
    private const int ConnectionReset = 104;
    private const int NoBuffers = 105;
    private const int TimedOut = 110;
    private const int ConnectionRefused = 111;
    private const int HostDown = 112;
    private const int HostUnreachable = 113;

    /// <summary>Whether this host is short of descriptors or memory.</summary>
    public static bool IsOutOfResources(int errno) => errno is TableFull or TooManyFiles or NoBuffers or NoMemory;

    /// <summary>The error code of a probe that ended with an errno other than 0.</summary>
    public static ProbeError ToProbeError(int errno) => errno switch
    {
        TimedOut => ProbeError.Timeout,
        MessageTooLong => ProbeError.TooLarge,
        ConnectionRefused => ProbeError.Refused,
        ConnectionReset or ConnectionAborted => ProbeError.Reset,
        NetworkUnreachable or NetworkDown => ProbeError.NetworkUnreachable,
        HostUnreachable or HostDown => ProbeError.HostUnreachable,
        NotPermitted or AccessDenied => ProbeError.Prohibited,

        // A source port was asked for and the kernel has no IP_LOCAL_PORT_RANGE (before Linux 6.3).
        NoProtocolOption => ProbeError.SourceUnavailable,

        // connect(2): EADDRNOTAVAIL also when every source port is in use, EAGAIN when the port search gave up.
        AddressNotAvailable or AddressInUse or Again => ProbeError.SourceUnavailable,
        TableFull or TooManyFiles or NoBuffers or NoMemory => ProbeError.LocalResources,
        _ => ProbeError.Other,
    };
}
