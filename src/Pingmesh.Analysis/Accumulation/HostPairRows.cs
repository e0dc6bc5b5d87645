using System.Runtime.InteropServices;
using Pingmesh.Analysis.Naming;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Wire;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Accumulation;

/// <summary>
/// Measurements of host pairs as they came, packed: a few bytes each instead of hundreds, of which there would be millions.
/// They are unpacked and merged a row at a time, when they are flushed or asked for. Guarded by its <see cref="WindowMemory"/>.
/// </summary>
internal sealed class HostPairRows
{
    private readonly Dictionary<RowKey, List<Part>> rows = [];

    /// <summary>Bytes of all that is in it.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds the measurements of a batch to a row.</summary>
    /// <param name="key">The row.</param>
    /// <param name="packed">The columns, by address.</param>
    /// <param name="ends">Whose addresses these are.</param>
    public void Add(in RowKey key, byte[] packed, EndDirectory ends)
    {
        ref var parts = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, key, out _);
        (parts ??= []).Add(new Part(packed, ends));
        Bytes += packed.Length;
    }

    /// <summary>The rows that a query asks for, each with the parts that it has now.</summary>
    public List<KeyValuePair<RowKey, Part[]>> Find(WindowQuery query)
    {
        var found = new List<KeyValuePair<RowKey, Part[]>>();
        if (query.Level != WindowLevel.HostPair) return found;
        foreach (var (key, parts) in rows)
        {
            if (key.Start >= query.From && key.Start < query.To && query.Matches(key.Series, key.Row)) found.Add(new(key, [.. parts]));
        }

        return found;
    }

    /// <summary>All rows, each unpacked when it is its turn. It must not change meanwhile.</summary>
    public IEnumerable<WindowRow> Unpacked()
    {
        foreach (var (key, parts) in rows)
        {
            var cells = Unpack(CollectionsMarshal.AsSpan(parts)).ToList();
            cells.Sort((a, b) => a.Key.CompareTo(b.Key));
            yield return new WindowRow(key.Level, key.Start, key.Series, key.Row, cells);
        }
    }

    /// <summary>The cells of a row, which are the caller's.</summary>
    public static Dictionary<int, Measurement> Unpack(ReadOnlySpan<Part> parts)
    {
        var cells = new Dictionary<int, Measurement>();
        foreach (var part in parts)
        {
            foreach (var (address, measurement) in ColumnsCodec.Decode(Columns.Parser.ParseFrom(part.Packed)))
            {
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(cells, part.Ends.Find(address).Host, out var exists);
                if (exists) sum!.Merge(measurement);
                else sum = measurement;
            }
        }

        return cells;
    }

    /// <summary>What one batch says of a row.</summary>
    /// <param name="Packed">The columns, by address.</param>
    /// <param name="Ends">Whose addresses these were when it came.</param>
    internal readonly record struct Part(byte[] Packed, EndDirectory Ends);
}
