using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Wire;
using Pingmesh.Store;

namespace Pingmesh.UnitTests.Analysis;

public class HostNoiseTests
{
    private const long Start = CollectorRig.Start;

    private static readonly TimeRange Hour = new(Start - 3_600, Start + 3_600);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Marks_are_there_before_and_after_a_flush_and_a_restart_and_add_up()
    {
        await using var rig = await CollectorRig.StartAsync();
        await rig.AcceptAsync(Marked(1, (Start - 20, HostNoise.Stalled, 400_000), (Start - 10, HostNoise.CpuSteal, 0)));
        Assert.Equal(2, (await rig.Collector.Noise.ReadAsync("h1", Hour, Cancellation)).Windows.Count);
        await rig.Collector.FlushAsync(Cancellation);
        Assert.Equal(2, (await rig.Collector.Noise.ReadAsync("h1", Hour, Cancellation)).Windows.Count);

        // A mark may come after its window, and more than one may come for a window.
        await rig.AcceptAsync(Marked(2, (Start - 20, HostNoise.ClockStepped, 100)));
        await rig.RestartAsync(cleanly: false);
        var result = await rig.Collector.Noise.ReadAsync("h1", Hour, Cancellation);
        Assert.Equal([Start - 10, Start - 20], result.Windows.Select(window => window.Start));
        Assert.Equal((HostNoise.Stalled | HostNoise.ClockStepped, 400_000), (result.Windows[1].Noise, result.Windows[1].WorstStallMicroseconds));
        Assert.Equal(
            [(HostNoise.Stalled, 1), (HostNoise.ClockStepped, 1), (HostNoise.CpuSteal, 1)],
            result.Count().Select(entry => (entry.Key, entry.Value)));
        Assert.Empty((await rig.Collector.Noise.ReadAsync("h2", Hour, Cancellation)).Windows);
        Assert.Empty((await rig.Collector.Noise.ReadAsync("nobody", Hour, Cancellation)).Windows);
        Assert.Empty((await rig.Collector.Noise.ReadAsync("h1", new TimeRange(Start, Start + 60), Cancellation)).Windows);
    }

    [Fact]
    public async Task Window_with_a_mark_and_no_measurements_is_taken_and_the_newest_mark_is_told_of_the_agent()
    {
        await using var rig = await CollectorRig.StartAsync();
        var batch = Marked(1, (Start - 30, HostNoise.Stalled, 1), (Start - 20, HostNoise.OverBudget, 0));
        Assert.All(batch.Windows, window => Assert.Empty(window.Series));
        var result = await rig.SendAsync(batch);
        Assert.Equal((Start - 20, HostNoise.OverBudget), (result.Origin!.NoisyAt, result.Origin.Noise));
        Assert.Equal(2, rig.Collector.Counts().NoisyWindows);
    }

    private static MeasurementBatch Marked(ulong sequence, params (long Start, HostNoise Noise, int Stall)[] marks)
    {
        var batch = new MeasurementBatch { Host = "h1", Epoch = TestMesh.Epoch, Sequence = sequence, AgentVersion = "test" };
        foreach (var (start, noise, stall) in marks)
            batch.Windows.Add(new WindowMeasurements { StartUnixS = start, LengthS = Pingmesh.Core.Windows.LiveSeconds, HostNoise = (uint)noise, WorstStallUs = (ulong)stall });
        return batch;
    }
}
