using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Datagrams;

/// <summary>
/// What the kernel keeps of a socket until it is read: answers, and the stamps of departures too. When it is full, the kernel
/// throws answers away, which must not be taken for loss in the network.
/// </summary>
internal static class ReceiveQueue
{
    // linux/sock_diag.h: SK_MEMINFO_DROPS of SK_MEMINFO_VARS.
    private const int Drops = 8;
    private const int Variables = 9;

    /// <summary>Makes room for so many bytes, or for as many as this process may have (net.core.rmem_max).</summary>
    public static unsafe void Resize(int descriptor, int bytes)
    {
        if (Native.SetOption(descriptor, Native.SolSocket, Native.SoReceiveBufferForce, &bytes, sizeof(int)) != 0)
            _ = Native.SetOption(descriptor, Native.SolSocket, Native.SoReceiveBuffer, &bytes, sizeof(int));
    }

    /// <summary>Packets thrown away since the socket was opened; 0 where the kernel does not tell (before Linux 4.12).</summary>
    public static unsafe uint DroppedBy(int descriptor)
    {
        var variables = stackalloc uint[Variables];
        uint length = Variables * sizeof(uint);
        return Native.GetOption(descriptor, Native.SolSocket, Native.SoMemoryInfo, variables, &length) == 0 && length == Variables * sizeof(uint) ? variables[Drops] : 0;
    }
}
