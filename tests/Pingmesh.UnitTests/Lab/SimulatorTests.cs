using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Slas;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Sketches;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;

namespace Pingmesh.UnitTests.Lab;

public sealed class SimulatorTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The paper's section 4.1; 20 million RTTs, so that the 99.99th percentile has 2,000 above it.
    [Theory]
    [InlineData(0, false, 216, 1_260, null, null)]
    [InlineData(0, true, 268, 1_340, 23_350.0, 1_397_630.0)]
    [InlineData(1, true, 268, 1_340, 11_070.0, 105_840.0)]
    public void Healthy_day_has_the_percentiles_of_the_paper_within_five_percent(int dc, bool isInterPod, double p50, double p99, double? p999, double? p9999)
    {
        const int Draws = 20_000_000;
        var profile = DcProfile.Paper[dc];
        var curve = isInterPod ? profile.InterPod : profile.IntraPod;
        var random = new SimulationRandom(7, (ulong)dc);
        var day = new Sketch();
        for (var i = 0; i < Draws; i++) day.Record((long)(curve.At(random.NextDouble()) * DcProfile.LoadAt((long)i * 86_400 / Draws) * 1_000));
        foreach (var (quantile, expected) in new[] { (0.5, p50), (0.99, p99), (0.999, p999), (0.9999, p9999) })
        {
            if (expected is { } microseconds) Assert.InRange(day.Quantile(quantile)!.Value / 1_000 / microseconds, 0.95, 1.05);
        }
    }

    [Fact]
    public async Task Same_seed_gives_the_same_uploads_to_the_byte_and_another_seed_others()
    {
        var first = await RunAsync(Settings(TimeSpan.FromMinutes(2)));
        Assert.Equal(first.Result.Hash, (await RunAsync(Settings(TimeSpan.FromMinutes(2)))).Result.Hash);
        Assert.NotEqual(first.Result.Hash, (await RunAsync(Settings(TimeSpan.FromMinutes(2)) with { Seed = 2 })).Result.Hash);
        Assert.True(first.Result.Bytes > 10_000);
    }

    [Fact]
    public async Task Every_target_is_probed_once_an_interval()
    {
        var run = await RunAsync(Settings(TimeSpan.FromMinutes(5)));
        Assert.Equal(run.Simulator.Targets * 30, run.Result.Totals.Values.Sum(total => total.Probes));
    }

    [Fact]
    public async Task Drops_come_at_the_rates_of_table_1()
    {
        // DC1 between pods: 7.55e-5. Of 1.4 million probes 105 are expected; 4 standard deviations either way.
        var fabric = FabricTests.Make(1, 10, 5, 2, 2, 4);
        var run = await RunAsync(Settings(TimeSpan.FromMinutes(25)), fabric);
        var total = run.Result.Totals[("dc1", ProbeClass.IntraDc)];
        var expected = total.Probes * 7.55e-5;
        Assert.InRange(total.Drops, expected - (4 * Math.Sqrt(expected)), expected + (4 * Math.Sqrt(expected)));
        Assert.True(expected > 80);
    }

    [Fact]
    public async Task Analysis_says_of_a_simulation_what_its_agents_measured()
    {
        var folder = Directory.CreateTempSubdirectory("pingmesh-simulator-");
        try
        {
            var settings = Settings(TimeSpan.FromMinutes(10)) with { Faults = [Fault(FaultKind.RandomLoss, "dc1-spine1", new FaultOptions { Percent = 5 }, 2, 6)] };
            var time = new VirtualTime(settings.Start);
            var simulator = new Simulator(Fabric(), settings, time);
            await using var sink = await CollectorSink.OpenAsync(Path.Combine(folder.FullName, "s.db"), simulator.Topology, time, NullLoggerFactory.Instance);
            var result = await simulator.RunAsync(sink, null, Cancellation);
            var slas = await sink.Collector.Slas.ReadAsync(
                new SlaQuery(SlaLevel.All, new TimeRange(Start.ToUnixTimeSeconds(), (Start + settings.Duration).ToUnixTimeSeconds())), Cancellation);
            var total = slas.Scopes.Single(scope => scope.Scope == "all");
            Assert.Equal(result.Totals.Values.Sum(one => one.Probes), total.Probes);
            Assert.Equal(result.Totals.Values.Sum(one => one.Failures), total.Failures);
            Assert.Equal(result.Totals.Values.Sum(one => one.Drops), total.Drops);
            Assert.True(total.Drops > 20);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Random_loss_on_a_spine_hurts_the_flows_between_podsets_and_no_others()
    {
        var agents = await WithFaultAsync(FaultKind.RandomLoss, "dc1/spines", new FaultOptions { Percent = 20 });
        Assert.Equal(0, agents.Lost(IsWithinPodset));

        // Lost on the way there or back: 1 - 0.8 x 0.8.
        Assert.InRange(agents.Lost(path => !IsWithinPodset(path)) / (double)agents.All(path => !IsWithinPodset(path)), 0.30, 0.42);
    }

    [Fact]
    public async Task Black_hole_of_a_pair_loses_every_probe_of_the_pair_that_crosses_its_switch_and_no_other()
    {
        var pair = ("dc1-ps1-pod1-h1", "dc1-ps2-pod1-h1");
        var agents = await WithFaultAsync(FaultKind.BlackholePairs, "dc1/spines", new FaultOptions { From = pair.Item1, To = pair.Item2 });

        // All of the one direction's packets are lost: the answers too, when the other end probes.
        bool OfPair((string From, string To) path) => path == pair || path == (pair.Item2, pair.Item1);
        Assert.Equal(agents.All(OfPair), agents.Failed(OfPair));
        Assert.True(agents.Failed(OfPair) > 0);
        Assert.Equal(0, agents.Lost(path => !OfPair(path)));
    }

    [Fact]
    public async Task Port_black_hole_loses_the_same_ports_always()
    {
        var agents = await WithFaultAsync(FaultKind.BlackholePorts, "dc1-ps1-pod1-h1", new FaultOptions { SourcePorts = PortPattern.Parse("mod 4 = 1") });
        foreach (var record in agents.Records.Where(record => record.From == "dc1-ps1-pod1-h1")) Assert.Equal(record.SourcePort % 4 == 1, record.Failed);
        Assert.True(agents.Failed(path => path.From == "dc1-ps1-pod1-h1") > 0);
    }

    [Fact]
    public async Task Power_loss_of_a_podset_silences_its_agents_and_fails_the_probes_to_it()
    {
        var agents = await WithFaultAsync(FaultKind.PowerLoss, "dc1/ps2", new FaultOptions());
        Assert.Equal(0, agents.All(path => path.From.StartsWith("dc1-ps2", StringComparison.Ordinal)));
        bool ToIt((string From, string To) path) => path.To.StartsWith("dc1-ps2", StringComparison.Ordinal);
        Assert.Equal(agents.All(ToIt), agents.Failed(ToIt));
        Assert.Equal(0, agents.Failed(path => !ToIt(path)));
        Assert.True(agents.All(ToIt) > 0);
    }

    [Fact]
    public async Task Latency_of_a_layer_adds_to_each_crossing_there_and_back()
    {
        var healthy = await WithFaultAsync(FaultKind.Mtu, "dc1/spines", new FaultOptions { Above = 9_000 });
        var slow = await WithFaultAsync(FaultKind.Latency, "dc1/spines", new FaultOptions { Delay = TimeSpan.FromMilliseconds(3) });
        bool Crosses((string From, string To) path) => !IsWithinPodset(path);
        // Twice 3 ms, within the sketch's error.
        Assert.InRange(slow.MedianRtt(Crosses) - healthy.MedianRtt(Crosses), 5_800, 6_200);
        Assert.InRange(slow.MedianRtt(IsWithinPodset) / healthy.MedianRtt(IsWithinPodset), 0.9, 1.1);
    }

    [Fact]
    public async Task Link_that_is_down_costs_nothing_but_ways_and_a_spine_layer_that_is_down_cuts_podsets_off()
    {
        var link = await WithFaultAsync(FaultKind.LinkDown, "dc1-ps1-leaf1~dc1-spine1", new FaultOptions());
        Assert.Equal(0, link.Lost(_ => true));
        var layer = await WithFaultAsync(FaultKind.SwitchDown, "dc1/spines", new FaultOptions());
        Assert.Equal(layer.All(path => !IsWithinPodset(path)), layer.Failed(_ => true));
        Assert.All(layer.Records.Where(record => record.Failed), record => Assert.Equal(ProbeError.HostUnreachable, record.Error));
    }

    [Fact]
    public async Task Hosts_that_fail_are_silent_and_their_peers_see_it()
    {
        var run = await RunAsync(Settings(TimeSpan.FromHours(2)) with { HostFailuresPerDay = 12, Mesh = MeshOf(TimeSpan.FromMinutes(1)) });
        Assert.True(run.Result.Totals.Values.Sum(total => total.Failures) > 100);
        Assert.True(run.Result.Totals.Values.Sum(total => total.Probes) < run.Simulator.Targets * 120);
    }

    [Fact]
    public void Scenario_file_is_read_strictly()
    {
        const string Text = """
            faults:
              - {kind: random-loss, at: dc1-spine1, percent: 2, start: 10m, end: 20m}
              - {kind: random-los, at: dc1-spine1, percent: 2}
              - {kind: mtu, at: dc1-spin1, above: 1400}
              - {kind: mtu, at: dc1-spine1, abov: 1400}
              - {kind: switch-down, at: dc1-spine1, start: 20m, end: 10m}
              - {kind: blackhole-ports, at: dc1-spine1, source_ports: some}
            """;
        var (faults, errors) = ScenarioYaml.Read(Text, "s.yaml", Fabric());
        Assert.Null(faults);
        var messages = errors.Select(error => error.ToString()).ToList();
        foreach (var part in new[] { "s.yaml:3:", "did you mean 'random-loss'?", "did you mean 'dc1-spine1'?", "did you mean 'above'?", "ends before it starts", "is no set of ports" })
            Assert.Contains(messages, message => message.Contains(part, StringComparison.Ordinal));

        var (good, none) = ScenarioYaml.Read(string.Join('\n', Text.Split('\n').Take(2)), "s.yaml", Fabric());
        Assert.Empty(none);
        Assert.Equal(new TimedFault(FaultKind.RandomLoss, "dc1-spine1", new FaultOptions { Percent = 2 }, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20)), Assert.Single(good!));
    }

    private static Fabric Fabric() => FabricTests.Make(1, 2, 2, 2, 2, 3);

    private static TimedFault Fault(FaultKind kind, string at, FaultOptions options, double fromMinutes, double untilMinutes) =>
        new(kind, at, options, TimeSpan.FromMinutes(fromMinutes), TimeSpan.FromMinutes(untilMinutes));

    private static MeshSettings MeshOf(TimeSpan interval) => MeshSettings.Default with { Graphs = [MeshGraph.Default with { Interval = interval }] };

    private static SimulationSettings Settings(TimeSpan duration) => new() { Start = Start, Duration = duration };

    private static bool IsWithinPodset((string From, string To) path) => path.From[..7] == path.To[..7];

    private static async Task<(Simulator Simulator, SimulationResult Result)> RunAsync(SimulationSettings settings, Fabric? fabric = null)
    {
        var simulator = new Simulator(fabric ?? Fabric(), settings, new VirtualTime(settings.Start));
        return (simulator, await simulator.RunAsync(new RecordingSink(simulator.Fabric), null, Cancellation));
    }

    /// <summary>Runs two minutes under one fault, and one agent's probes are all there as records.</summary>
    private static async Task<RecordingSink> WithFaultAsync(FaultKind kind, string at, FaultOptions options)
    {
        var settings = Settings(TimeSpan.FromMinutes(4)) with { Faults = [new TimedFault(kind, at, options, TimeSpan.Zero, null)] };
        var sink = new RecordingSink(Fabric());
        await new Simulator(sink.Fabric, settings, new VirtualTime(settings.Start)).RunAsync(sink, null, Cancellation);
        return sink;
    }
}
