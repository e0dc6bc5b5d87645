using Pingmesh.Agent.Aggregation;
using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.UnitTests.Agent;

public sealed class ConfirmationTests
{
    private const ushort Bad = 41_000;
    private const ushort Fresh = 42_000;

    private readonly Confirmation confirmation = new();

    [Fact]
    public void Tuple_that_fails_each_time_is_tried_three_times_on_end_once_a_fresh_port_has_passed()
    {
        Assert.Equal((0, 0), Probe(Bad, ProbeError.Timeout));
        Assert.Equal((0, 0), Probe(Fresh, ProbeError.None));
        Assert.Equal((Bad, 1), Probe(Bad, ProbeError.Timeout));
        Assert.Equal((Bad, 2), Probe(Bad, ProbeError.Timeout));
        Assert.Equal((Bad, 3), Probe(Bad, ProbeError.Timeout));
        Assert.Equal((0, 0), Probe(Fresh, ProbeError.None));
        Assert.Equal((0, 0), Probe(Fresh, ProbeError.None));
    }

    [Fact]
    public void Fresh_ports_follow_when_the_tuple_passes()
    {
        Probe(Bad, ProbeError.Timeout);
        Probe(Fresh, ProbeError.None);
        Assert.Equal((Bad, 1), Probe(Bad, ProbeError.None));
        Assert.Equal((0, 0), Probe(Fresh, ProbeError.None));
    }

    [Fact]
    public void No_ordinary_probe_is_given_up_when_any_port_fails()
    {
        for (var i = 0; i < 20; i++) Assert.Equal((0, 0), Probe((ushort)(Fresh + i), ProbeError.Timeout));

        // When the peer is back, the next failure is looked at again.
        Probe(Fresh, ProbeError.None);
        Probe(Bad, ProbeError.Timeout);
        Probe(Fresh, ProbeError.None);
        Assert.Equal((Bad, 1), Probe(Bad, ProbeError.Timeout));
    }

    [Theory]
    [InlineData(ProbeError.Refused)]
    [InlineData(ProbeError.Reset)]
    [InlineData(ProbeError.HostUnreachable)]
    [InlineData(ProbeError.LocalResources)]
    public void Only_time_outs_are_confirmed(ProbeError error)
    {
        Probe(Bad, error);
        Probe(Fresh, ProbeError.None);
        Assert.Equal((0, 0), Probe(Fresh, ProbeError.None));
    }

    [Fact]
    public void Ordinary_probe_follows_when_the_port_cannot_be_bound()
    {
        Probe(Bad, ProbeError.Timeout);
        Probe(Fresh, ProbeError.None);
        Assert.Equal((Bad, 1), Probe(0, ProbeError.LocalResources));
        Assert.Equal((0, 0), Probe(Fresh, ProbeError.None));
    }

    [Fact]
    public void Probe_without_an_outcome_changes_nothing()
    {
        Probe(Bad, ProbeError.Timeout);
        Probe(Fresh, ProbeError.None);
        Assert.Equal(Bad, confirmation.Next());
        Assert.Equal((Bad, 1), Probe(Bad, ProbeError.Timeout));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_probe()
    {
        var outcome = OutcomeOf(Fresh, ProbeError.None);
        Probe(Bad, ProbeError.Timeout);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            confirmation.Next();
            confirmation.Conclude(outcome);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Planned_target_is_probed_from_the_suspected_port()
    {
        var target = Assert.Single(Pinglists.Plan(Pinglists.Group(1)).Targets);
        Assert.Equal(0, target.NextShape().SourcePort);
        target.Confirmation.Conclude(OutcomeOf(Bad, ProbeError.Timeout));
        Assert.Equal(0, target.NextShape().SourcePort);
        target.Confirmation.Conclude(OutcomeOf(Fresh, ProbeError.None));
        Assert.Equal(Bad, target.NextShape().SourcePort);
    }

    [Fact]
    public void Confirmations_are_records_and_in_no_window()
    {
        var target = Assert.Single(Pinglists.Plan(Pinglists.Group(1)).Targets);
        var builder = new BatchBuilder("h1", "test", 1, TimeProvider.System);
        var batch = builder.Build(
            [Outcomes.Good(target), Outcomes.Failed(target) with { Confirms = 1 }, Outcomes.Good(target) with { Confirms = 2 }, Outcomes.Failed(target)], [])!;
        Assert.Equal([1u, 2u, 0u], batch.Records.Select(record => record.Confirms));
        var rows = ColumnsCodec.Decode(batch.Windows.Single().Series.Single().Columns);
        Assert.Equal((2L, 1L), (rows.Single().Value.Probes, rows.Single().Value.Failures));
    }

    private (int Port, int Confirms) Probe(ushort port, ProbeError error)
    {
        var asked = confirmation.Next();
        return (asked, confirmation.Conclude(OutcomeOf(port, error)));
    }

    private static ProbeOutcome OutcomeOf(ushort port, ProbeError error) =>
        new() { Target = 0, StartedUnixMicroseconds = 0, SourcePort = port, Error = error, Retransmissions = 0 };
}
