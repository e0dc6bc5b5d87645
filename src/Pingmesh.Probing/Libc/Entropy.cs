using System.Runtime.InteropServices;

namespace Pingmesh.Probing.Libc;

/// <summary>Random numbers that nobody can guess, straight from the kernel (getrandom(2)): the platform's own would load a whole cryptographic library for it.</summary>
public static partial class Entropy
{
    /// <summary>Fills bytes.</summary>
    public static unsafe void Fill(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint count;
            fixed (byte* first = bytes) count = GetRandom(first, (nuint)bytes.Length, 0);
            if (count > 0) bytes = bytes[(int)count..];
            else if (Marshal.GetLastPInvokeError() != Errno.Interrupted) throw new IOException($"getrandom: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>64 random bits.</summary>
    public static ulong Next()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static unsafe partial nint GetRandom(void* buffer, nuint length, uint flags);
}
