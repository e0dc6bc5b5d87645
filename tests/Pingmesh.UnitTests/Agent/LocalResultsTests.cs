using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Agent.Aggregation;
using Pingmesh.Agent.Observe;
using Pingmesh.Core.Exposition;
using Pingmesh.Core.Probes;
using static Pingmesh.UnitTests.Agent.Outcomes;
using static Pingmesh.UnitTests.Agent.Pinglists;

namespace Pingmesh.UnitTests.Agent;

public sealed class LocalResultsTests : IDisposable
{
    private readonly VirtualTime time = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Last_minute_shows_percentiles_and_drop_rate_and_forgets_older_ones()
    {
        var results = new LocalResults(time);
        var target = Plan(Group(1)).Targets[0];
        for (var i = 0; i < 98; i++) results.Add(target, Good(target).Outcome);
        results.Add(target, Good(target, microseconds: 3_000).Outcome);
        results.Add(target, Dropped(target).Outcome);
        var samples = Write(results);
        Assert.InRange(Value(samples, "pingmesh_agent_rtt_seconds", ("quantile", "0.5")), 198e-6, 202e-6);
        Assert.InRange(Value(samples, "pingmesh_agent_rtt_seconds", ("quantile", "0.99")), 198e-6, 3_000e-6);
        Assert.Equal(0.01, Value(samples, "pingmesh_agent_drop_rate"), 6);
        Assert.Equal(98, Value(samples, "pingmesh_agent_rtt_histogram_seconds_bucket", ("le", "0.0002")));
        Assert.Equal(99, Value(samples, "pingmesh_agent_rtt_histogram_seconds_bucket", ("le", "+Inf")));
        Assert.Equal(99, Value(samples, "pingmesh_agent_rtt_histogram_seconds_count"));
        time.Advance(TimeSpan.FromSeconds(75));
        samples = Write(results);
        Assert.DoesNotContain(samples, sample => sample.Name == "pingmesh_agent_rtt_seconds");
        Assert.Equal(99, Value(samples, "pingmesh_agent_rtt_histogram_seconds_count"));
    }

    [Fact]
    public void Only_targets_in_trouble_have_series_of_their_own_and_their_number_is_bounded()
    {
        var results = new LocalResults(time);
        var targets = Plan(Group(1_000)).Targets;
        foreach (var target in targets) results.Add(target, Good(target).Outcome);
        Assert.DoesNotContain(Write(results), sample => sample.Name.StartsWith("pingmesh_agent_target_up", StringComparison.Ordinal));
        results.Add(targets[3], Failed(targets[3]).Outcome);
        results.Add(targets[4], Good(targets[4], microseconds: 6_000).Outcome);
        var samples = Write(results);
        Assert.Equal(0, Value(samples, "pingmesh_agent_target_up", ("address", "10.0.0.3")));
        Assert.Equal(1, Value(samples, "pingmesh_agent_target_up", ("address", "10.0.0.4")));
        Assert.Equal(0.006, Value(samples, "pingmesh_agent_target_rtt_seconds", ("peer", "p4")), 6);
        for (var i = 0; i < 3; i++) results.Add(targets[3], Good(targets[3]).Outcome);
        Assert.Equal(1, Write(results).Count(sample => sample.Name == "pingmesh_agent_target_up"));
        foreach (var target in targets) results.Add(target, Failed(target).Outcome);
        samples = Write(results);
        Assert.Equal(BadTargets.MaxTargets, samples.Count(sample => sample.Name == "pingmesh_agent_target_up"));
        Assert.Equal(1_000 - BadTargets.MaxTargets, Value(samples, "pingmesh_agent_target_omitted_total"));
        results.Keep([.. targets.Take(1)]);
        Assert.InRange(Write(results).Count(sample => sample.Name == "pingmesh_agent_target_up"), 0, 1);
    }

    [Theory]
    [InlineData(RawResultFormat.Csv, "2027-01-15T08:00:01.000000Z,10.9.9.9,40000,10.0.0.0,58100,tcp,tcp,0,200,none,0")]
    [InlineData(RawResultFormat.JsonLines, """{"time":"2027-01-15T08:00:01.000000Z","source":"10.9.9.9","source_port":40000,"destination":"10.0.0.0","destination_port":58100,"protocol":"tcp","kind":"tcp","length":0,"rtt_us":200,"error":"none","retransmissions":0}""")]
    public void Raw_results_are_logged_a_line_a_probe(RawResultFormat format, string line)
    {
        var target = Plan(Group(1)).Targets[0];
        var path = Path.Combine(folder.Path, "raw");
        using (var log = new RawResultLog(new RawResultLogSettings(path, format, 1 << 20), NullLogger.Instance))
            log.Write([Good(target), Failed(target)], [IPAddress.Parse("10.9.9.9")]);
        var lines = File.ReadAllLines(path);
        Assert.Equal(format == RawResultFormat.Csv ? 3 : 2, lines.Length);
        Assert.Equal(line, lines[^2]);
        Assert.Contains("timeout", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Raw_log_keeps_its_limit_and_a_folder_that_is_gone_loses_lines_but_nothing_else()
    {
        var target = Plan(Group(1)).Targets[0];
        var path = Path.Combine(folder.Path, "sub", "raw");
        var many = Enumerable.Repeat(Good(target), 1_000).ToArray();
        using var log = new RawResultLog(new RawResultLogSettings(path, RawResultFormat.Csv, 200_000), NullLogger.Instance);
        log.Write(many, []);
        Assert.Equal(1_000, log.Lost);
        Directory.CreateDirectory(Path.Combine(folder.Path, "sub"));
        for (var i = 0; i < 20; i++)
        {
            log.Write(many, []);
            Assert.InRange(Directory.GetFiles(Path.Combine(folder.Path, "sub")).Sum(file => new FileInfo(file).Length), 1, 200_000 + (1_000 * 100));
        }

        Assert.Equal(1_000, log.Lost);
        Assert.True(File.Exists(path + ".1"));
    }

    [Fact]
    public void Marks_travel_with_their_window_and_alone_where_nothing_was_measured()
    {
        var builder = new BatchBuilder("h", "0.1", 77, time);
        var target = Plan(Group(1)).Targets[0];
        var batch = builder.Build(new[] { Good(target) }, [], [new WindowMark(Start, HostNoise.Stalled | HostNoise.CpuSteal, 120_000), new WindowMark(Start + 10, HostNoise.OverBudget, 5)])!;
        Assert.Equal([(Start, 17u, 120_000UL, 1), (Start + 10, 32u, 5UL, 0)], batch.Windows.Select(window => (window.StartUnixS, window.HostNoise, window.WorstStallUs, window.Series.Count)));
        Assert.NotNull(builder.Build([], [], [new WindowMark(Start, HostNoise.Stalled, 1)]));
        Assert.Null(builder.Build([], [], []));
    }

    private static List<PrometheusSample> Write(LocalResults results)
    {
        var text = new PrometheusText();
        results.Write(text);
        return [.. PrometheusSample.Parse(text.ToString())];
    }

    private static double Value(List<PrometheusSample> samples, string name, params (string Label, string Value)[] labels) =>
        samples.Single(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Label) == label.Value)).Value;
}
