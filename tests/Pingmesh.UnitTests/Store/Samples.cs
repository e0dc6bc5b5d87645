using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Store;

namespace Pingmesh.UnitTests.Store;

/// <summary>Measurements to store.</summary>
internal static class Samples
{
    public static readonly SeriesKey IntraDc = new(ProbeKind.Tcp, ProbeClass.IntraDc, 0);

    public static Measurement Of(params long[] rtts)
    {
        var measurement = new Measurement();
        foreach (var rtt in rtts) measurement.AddRtt(rtt);
        return measurement;
    }

    public static WindowRow Row(WindowLevel level, long start, int row, params (int Cell, Measurement Measurement)[] cells) =>
        new(level, start, IntraDc, row, [.. cells.Select(cell => KeyValuePair.Create(cell.Cell, cell.Measurement))]);

    public static void Equal(Measurement expected, Measurement actual)
    {
        Assert.Equal(expected.Probes, actual.Probes);
        Assert.Equal(expected.Failures, actual.Failures);
        foreach (var error in Enum.GetValues<ProbeError>()) Assert.Equal(expected.FailuresOf(error), actual.FailuresOf(error));
        Assert.Equal(expected.DroppedOnce, actual.DroppedOnce);
        Assert.Equal(expected.DroppedMore, actual.DroppedMore);
        Assert.Equal(expected.RttSum, actual.RttSum);
        Assert.Equal(expected.RttMin, actual.RttMin);
        Assert.Equal(expected.RttMax, actual.RttMax);
        Assert.Equal(expected.Rtts.Indexes, actual.Rtts.Indexes);
        Assert.Equal(expected.Rtts.Populations, actual.Rtts.Populations);
    }
}
