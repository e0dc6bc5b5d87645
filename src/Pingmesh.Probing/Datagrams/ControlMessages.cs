using System.Runtime.InteropServices;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Datagrams;

/// <summary>Walks the control messages that came with a message (cmsg(3)).</summary>
internal ref struct ControlMessages(ReadOnlySpan<byte> control)
{
    /// <summary>Bytes of struct cmsghdr on 64-bit Linux: length, level, type.</summary>
    public const int HeaderBytes = 16;

    private ReadOnlySpan<byte> rest = control;

    public int Level { get; private set; }

    public int Type { get; private set; }

    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Goes to the next one; false at the end.</summary>
    public bool Next()
    {
        if (rest.Length < HeaderBytes) return false;
        var length = MemoryMarshal.Read<long>(rest);
        if (length < HeaderBytes || length > rest.Length) return false;
        Level = MemoryMarshal.Read<int>(rest[8..]);
        Type = MemoryMarshal.Read<int>(rest[12..]);
        Data = rest[HeaderBytes..(int)length];
        rest = rest[Math.Min(Aligned((int)length), rest.Length)..];
        return true;
    }

    /// <summary>Writes one control message.</summary>
    /// <returns>The bytes it takes, the padding after it included.</returns>
    public static int Write(Span<byte> to, int level, int type, ReadOnlySpan<byte> data)
    {
        var length = HeaderBytes + data.Length;
        MemoryMarshal.Write(to, (long)length);
        MemoryMarshal.Write(to[8..], level);
        MemoryMarshal.Write(to[12..], type);
        data.CopyTo(to[HeaderBytes..]);
        to[length..Aligned(length)].Clear();
        return Aligned(length);
    }

    /// <summary>Nanoseconds of Unix time of a struct timespec.</summary>
    public static long Nanoseconds(ReadOnlySpan<byte> timespec)
    {
        var time = MemoryMarshal.Read<Native.TimeSpec>(timespec);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    private static int Aligned(int length) => (length + 7) & ~7;
}
