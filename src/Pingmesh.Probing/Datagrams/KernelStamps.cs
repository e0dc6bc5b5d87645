using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Datagrams;

/// <summary>
/// Has the kernel stamp packets as they arrive. It begins to when the first socket asks for it, a moment later; so one
/// socket of this process asks early and stays.
/// </summary>
internal static class KernelStamps
{
    private static readonly int Keeper = Ask();

    /// <summary>Begins, if nobody has before.</summary>
    public static void Begin() => _ = Keeper;

    /// <summary>Asks for stamps on a socket.</summary>
    public static unsafe void AskOn(int descriptor)
    {
        var on = 1;
        _ = Native.SetOption(descriptor, Native.SolSocket, Native.SoTimestampNanoseconds, &on, sizeof(int));
    }

    private static int Ask()
    {
        var descriptor = Native.Socket(Native.AfInet, Native.SockDgram | Native.SockCloexec, 0);
        if (descriptor >= 0) AskOn(descriptor);
        return descriptor;
    }
}
