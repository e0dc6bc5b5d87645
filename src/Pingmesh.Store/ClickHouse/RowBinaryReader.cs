using System.Buffers.Binary;
using System.Text;

namespace Pingmesh.Store.ClickHouse;

/// <summary>Reads rows in ClickHouse's RowBinary format from a stream.</summary>
internal sealed class RowBinaryReader(Stream stream) : IDisposable
{
    private const int MaxLength = 1 << 24;

    private readonly byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;

    /// <summary>Whether another row follows.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        // Rows are far smaller than the buffer, but for long arrays, which take what they need when they are read.
        if (end - at >= buffer.Length / 2) return true;
        Compact();
        while (end < buffer.Length)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
            if (count == 0) break;
            end += count;
        }

        return end > at;
    }

    public int UInt8() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public short Int16() => BinaryPrimitives.ReadInt16LittleEndian(Take(sizeof(short)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>A time, Unix seconds.</summary>
    public long DateTime() => UInt32();

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public byte[] Bytes()
    {
        var bytes = new byte[Length()];
        var copied = 0;
        while (copied < bytes.Length)
        {
            var some = Math.Min(bytes.Length - copied, buffer.Length);
            Take(some).CopyTo(bytes.AsSpan(copied));
            copied += some;
        }

        return bytes;
    }

    public int Length()
    {
        var length = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            var next = UInt8();
            length |= (next & 0x7f) << shift;
            if (next < 0x80) return length <= MaxLength ? length : throw TooLong();
        }

        throw TooLong();
    }

    public void Dispose() => stream.Dispose();

    private static StoreException TooLong() => new("ClickHouse's answer is not what was asked for: an array is too long");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (end - at < count) Fill(count);
        var taken = buffer.AsSpan(at, count);
        at += count;
        return taken;
    }

    private void Fill(int count)
    {
        Compact();
        while (end < count)
        {
            var read = stream.Read(buffer.AsSpan(end));
            if (read == 0) throw new StoreUnavailableException("ClickHouse's answer is cut off", isFull: false);
            end += read;
        }
    }

    private void Compact()
    {
        buffer.AsSpan(at, end - at).CopyTo(buffer);
        end -= at;
        at = 0;
    }
}
