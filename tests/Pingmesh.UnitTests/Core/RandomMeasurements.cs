using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.UnitTests.Core;

/// <summary>Rows as uploads have them: IPv4 and IPv6 peers, failures of every sort, drops, one RTT or many.</summary>
internal static class RandomMeasurements
{
    public const uint Unit = 100;

    public static Gen<List<KeyValuePair<UInt128, Measurement>>> Rows { get; } = Property.Randoms.Select(RowsOf);

    public static List<KeyValuePair<UInt128, Measurement>> RowsOf(Random random)
    {
        var rows = new SortedDictionary<UInt128, Measurement>();
        var onlySingles = random.Next(4) == 0;
        for (var i = random.Next(0, 30); i > 0; i--) rows[Key(random)] = Of(random, onlySingles);
        return rows.ToList();
    }

    public static Measurement Of(Random random, bool single)
    {
        var measurement = new Measurement();
        for (var probes = single ? 1 : random.Next(1, 40); probes > 0; probes--)
        {
            var failed = random.Next(8) == 0;
            var retransmissions = failed ? 0 : Math.Max(0, random.Next(-8, 4));
            measurement.Add(new ProbeOutcome
            {
                Target = 0,
                StartedUnixMicroseconds = 0,
                SourcePort = 1,
                Error = failed ? (ProbeError)random.Next(1, 10) : ProbeError.None,
                Retransmissions = (byte)retransmissions,
                // Whole units, so that a round trip is exact.
                RttNanoseconds = failed || retransmissions > 0 ? 0 : (random.NextInt64(1, 1L << random.Next(1, 30)) + 1) * Unit,
            });
        }

        return measurement;
    }

    public static void AssertSame(Measurement expected, Measurement actual)
    {
        Assert.Equal(expected.Probes, actual.Probes);
        Assert.Equal(expected.Failures, actual.Failures);
        foreach (var error in Enum.GetValues<ProbeError>()) Assert.Equal(expected.FailuresOf(error), actual.FailuresOf(error));
        Assert.Equal(expected.DroppedOnce, actual.DroppedOnce);
        Assert.Equal(expected.DroppedMore, actual.DroppedMore);
        Assert.Equal(expected.RttSum, actual.RttSum);
        Assert.Equal(expected.RttMin, actual.RttMin);
        Assert.Equal(expected.RttMax, actual.RttMax);
        Assert.Equal(expected.Rtts.Indexes.ToArray(), actual.Rtts.Indexes.ToArray());
        Assert.Equal(expected.Rtts.Populations.ToArray(), actual.Rtts.Populations.ToArray());
    }

    private static UInt128 Key(Random random)
    {
        var bytes = new byte[random.Next(2) == 0 ? 4 : 16];
        random.NextBytes(bytes);
        return AddressKey.Of(new IPAddress(bytes));
    }
}
