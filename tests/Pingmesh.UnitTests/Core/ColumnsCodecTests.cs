using System.Net;
using Google.Protobuf;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Wire;

namespace Pingmesh.UnitTests.Core;

public class ColumnsCodecTests
{
    [Fact]
    public void Rows_survive_the_round_trip() =>
        Property.Holds(RandomMeasurements.Rows, rows =>
        {
            var bytes = ColumnsCodec.Encode(rows, RandomMeasurements.Unit).ToByteArray();
            var decoded = ColumnsCodec.Decode(Columns.Parser.ParseFrom(bytes));
            Assert.Equal(rows.Select(row => row.Key), decoded.Select(row => row.Key));
            for (var i = 0; i < rows.Count; i++) RandomMeasurements.AssertSame(rows[i].Value, decoded[i].Value);
        }, 500);

    [Fact]
    public void Keys_survive_when_they_lie_more_than_64_bits_apart()
    {
        UInt128[] keys = [1, (UInt128)1 << 64, ((UInt128)1 << 64) + 1, UInt128.MaxValue - 1, UInt128.MaxValue];
        var rows = keys.Select(key => KeyValuePair.Create(key, One())).ToList();
        Assert.Equal(keys, ColumnsCodec.Decode(ColumnsCodec.Encode(rows, 1)).Select(row => row.Key));
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("255.255.255.254")]
    [InlineData("::1")]
    [InlineData("2001:db8::ff00:42:8329")]
    public void Address_key_gives_the_address_back(string text) =>
        Assert.Equal(IPAddress.Parse(text), AddressKey.ToAddress(AddressKey.Of(IPAddress.Parse(text))));

    [Fact]
    public void Encode_refuses_rows_out_of_order()
    {
        List<KeyValuePair<UInt128, Measurement>> rows = [new(2, One()), new(1, One())];
        Assert.Throws<ArgumentException>(() => ColumnsCodec.Encode(rows, 1));
    }

    [Fact]
    public void Decode_gives_rows_or_a_format_exception_for_columns_changed_at_random() =>
        Property.Holds(Property.Randoms, random =>
        {
            var rows = RandomMeasurements.RowsOf(random);
            var columns = ColumnsCodec.Encode(rows, RandomMeasurements.Unit);
            for (var changes = random.Next(1, 4); changes > 0; changes--) Change(columns, random);
            AssertDecodesOrRefuses(columns);
        }, 3_000);

    [Fact]
    public void Decode_gives_rows_or_a_format_exception_for_bytes_changed_at_random() =>
        Property.Holds(Property.Randoms, random =>
        {
            var rows = RandomMeasurements.RowsOf(random);
            var bytes = ColumnsCodec.Encode(rows, RandomMeasurements.Unit).ToByteArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                AssertDecodesOrRefuses(Columns.Parser.ParseFrom(bytes));
            }
            catch (InvalidProtocolBufferException)
            {
                // What the collector answers 400 to before the codec sees it.
            }
        }, 3_000);

    [Fact]
    public void Decode_refuses_more_rows_than_its_bound()
    {
        var columns = new Columns { RttUnitNs = 1 };
        columns.KeyDelta.AddRange(Enumerable.Repeat(1UL, ColumnsCodec.MaxRows + 1));
        Assert.Throws<FormatException>(() => ColumnsCodec.Decode(columns));
    }

    private static void AssertDecodesOrRefuses(Columns columns)
    {
        try
        {
            var rows = ColumnsCodec.Decode(columns);
            Assert.Equal(columns.KeyDelta.Count, rows.Count);
            foreach (var (_, measurement) in rows)
            {
                Assert.True(measurement.Probes > 0);
                Assert.Equal(measurement.Probes, measurement.Failures + measurement.Drops + measurement.Rtts.Count);
                Assert.True(measurement.RttMin <= measurement.RttMax && measurement.RttMax <= measurement.RttSum);
            }
        }
        catch (FormatException error)
        {
            Assert.NotEmpty(error.Message);
        }
    }

    private static void Change(Columns columns, Random random)
    {
        ulong[] hostile = [0, 1, 2, 255, 256, uint.MaxValue, long.MaxValue, (ulong)long.MaxValue + 1, ulong.MaxValue, (ulong)random.NextInt64()];
        var value = hostile[random.Next(hostile.Length)];
        switch (random.Next(17))
        {
            case 0: columns.RttUnitNs = (uint)value; break;
            case 1: Mutate(columns.KeyDelta, value, random); break;
            case 2: Mutate(columns.WideRow, (uint)value, random); break;
            case 3: Mutate(columns.WideHigh, value, random); break;
            case 4: Mutate(columns.Probes, value, random); break;
            case 5: Mutate(columns.FailureRow, (uint)value, random); break;
            case 6: Mutate(columns.FailureError, (uint)value, random); break;
            case 7: Mutate(columns.FailureCount, value, random); break;
            case 8: Mutate(columns.DropRow, (uint)value, random); break;
            case 9: Mutate(columns.DroppedOnce, value, random); break;
            case 10: Mutate(columns.DroppedMore, value, random); break;
            case 11: Mutate(columns.RttSum, value, random); break;
            case 12: Mutate(columns.RttMin, value, random); break;
            case 13: Mutate(columns.RttRange, value, random); break;
            case 14: Mutate(columns.BucketCount, (uint)value, random); break;
            case 15: Mutate(columns.BucketIndex, (int)value, random); break;
            default: Mutate(columns.BucketPopulation, value, random); break;
        }
    }

    private static void Mutate<T>(IList<T> column, T value, Random random)
    {
        var at = random.Next(column.Count + 1);
        if (column.Count == 0 || random.Next(4) == 0) column.Insert(at, value);
        else if (random.Next(4) == 0) column.RemoveAt(Math.Min(at, column.Count - 1));
        else column[Math.Min(at, column.Count - 1)] = value;
    }

    private static Measurement One()
    {
        var measurement = new Measurement();
        measurement.AddRtt(1000);
        return measurement;
    }
}
