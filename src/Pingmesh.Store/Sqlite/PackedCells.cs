using System.IO.Compression;
using Google.Protobuf;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Wire;

namespace Pingmesh.Store.Sqlite;

/// <summary>
/// The cells of a row as bytes: one byte that says how they are packed, then a <see cref="Columns"/> message, deflated
/// where that is shorter.
/// </summary>
internal static class PackedCells
{
    private const byte Plain = 0;
    private const byte Deflated = 1;

    /// <summary>Packs cells without loss.</summary>
    public static byte[] Pack(IReadOnlyList<KeyValuePair<int, Measurement>> cells)
    {
        var rows = new KeyValuePair<UInt128, Measurement>[cells.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = new((uint)cells[i].Key, cells[i].Value);
        var plain = ColumnsCodec.Encode(rows, UnitOf(cells)).ToByteArray();

        using var packed = new MemoryStream(plain.Length);
        packed.WriteByte(Deflated);
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(plain);
        return packed.Length <= plain.Length ? packed.ToArray() : [Plain, .. plain];
    }

    /// <summary>Unpacks cells.</summary>
    /// <exception cref="StoreException">The bytes are damaged.</exception>
    public static List<KeyValuePair<int, Measurement>> Unpack(byte[] packed)
    {
        try
        {
            var rows = ColumnsCodec.Decode(Columns.Parser.ParseFrom(PlainOf(packed)));
            var cells = new List<KeyValuePair<int, Measurement>>(rows.Count);
            foreach (var (key, measurement) in rows) cells.Add(new((int)key, measurement));
            return cells;
        }
        catch (Exception error) when (error is FormatException or InvalidProtocolBufferException or InvalidDataException or IndexOutOfRangeException)
        {
            throw new StoreException($"a stored window is damaged: {error.Message}", error);
        }
    }

    private static byte[] PlainOf(byte[] packed)
    {
        if (packed[0] == Plain) return packed[1..];
        if (packed[0] != Deflated) throw new FormatException($"unknown packing {packed[0]}");
        using var deflate = new DeflateStream(new MemoryStream(packed, 1, packed.Length - 1), CompressionMode.Decompress);
        using var plain = new MemoryStream(packed.Length * 3);
        deflate.CopyTo(plain);
        return plain.ToArray();
    }

    // RTTs come from the kernel in whole microseconds; a finer one, from elsewhere, must not be rounded.
    private static uint UnitOf(IReadOnlyList<KeyValuePair<int, Measurement>> cells)
    {
        foreach (var (_, measurement) in cells)
        {
            if (measurement.RttSum % 1_000 != 0 || measurement.RttMin % 1_000 != 0 || measurement.RttMax % 1_000 != 0) return 1;
        }

        return 1_000;
    }
}
