using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Pingmesh.Store.ClickHouse;

/// <summary>Writes rows in ClickHouse's RowBinary format: values one after the other, little-endian, arrays and strings after their length.</summary>
internal sealed class RowBinaryWriter
{
    private readonly ArrayBufferWriter<byte> bytes = new(1 << 16);

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => bytes.WrittenMemory;

    public void UInt8(int value)
    {
        bytes.GetSpan(1)[0] = checked((byte)value);
        bytes.Advance(1);
    }

    public void UInt16(int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.GetSpan(sizeof(ushort)), checked((ushort)value));
        bytes.Advance(sizeof(ushort));
    }

    public void Int16(short value)
    {
        BinaryPrimitives.WriteInt16LittleEndian(bytes.GetSpan(sizeof(short)), value);
        bytes.Advance(sizeof(short));
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.GetSpan(sizeof(uint)), value);
        bytes.Advance(sizeof(uint));
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.GetSpan(sizeof(ulong)), value);
        bytes.Advance(sizeof(ulong));
    }

    /// <summary>A time in whole seconds of Unix time.</summary>
    public void DateTime(long unixSeconds) => UInt32(checked((uint)unixSeconds));

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Length(length);
        bytes.Advance(Encoding.UTF8.GetBytes(value, bytes.GetSpan(length)));
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Length(value.Length);
        bytes.Write(value);
    }

    /// <summary>The length of an array, whose elements follow, in LEB128.</summary>
    public void Length(int value)
    {
        var left = (uint)value;
        while (left >= 0x80)
        {
            UInt8((int)((left & 0x7f) | 0x80));
            left >>= 7;
        }

        UInt8((int)left);
    }
}
