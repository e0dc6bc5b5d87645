using Pingmesh.Agent.Aggregation;
using static Pingmesh.UnitTests.Agent.Outcomes;
using static Pingmesh.UnitTests.Agent.Pinglists;

namespace Pingmesh.UnitTests.Agent;

public class OutcomeBufferTests
{
    private static readonly Pingmesh.Agent.Schedule.PlannedTarget Target = Plan(Group(1)).Targets[0];

    [Fact]
    public void Buffer_gives_back_all_outcomes_in_order_while_another_thread_adds()
    {
        const int Count = 200_000;
        var buffer = new OutcomeBuffer(Count);
        var adding = new Thread(() =>
        {
            for (var i = 1; i <= Count; i++) buffer.Add(Good(Target, i));
        });
        adding.Start();
        long last = 0;
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (last < Count && DateTime.UtcNow < deadline)
        {
            foreach (var outcome in buffer.Take())
            {
                if (outcome.Outcome.RttNanoseconds != (last + 1) * 1_000) Assert.Fail($"after {last} came {outcome.Outcome.RttNanoseconds}");
                last++;
            }
        }

        adding.Join();
        Assert.Equal((Count, 0), (last, buffer.Lost));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(1_000)]
    public void Full_buffer_counts_what_it_loses_and_works_again_after_a_take(int limit)
    {
        var buffer = new OutcomeBuffer(limit);
        for (var i = 0; i < limit + 3; i++) buffer.Add(Good(Target, i));
        Assert.Equal(3, buffer.Lost);
        Assert.Equal(limit, buffer.Take().Length);
        Assert.Equal(0, buffer.Take().Length);
        buffer.Add(Good(Target));
        Assert.Equal((1, 3), (buffer.Take().Length, buffer.Lost));
    }

    [Fact]
    public void Adding_and_taking_allocate_nothing_once_the_buffer_has_grown()
    {
        var buffer = new OutcomeBuffer(65_536);
        var outcome = Good(Target);
        for (var round = 0; round < 2; round++) Round();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 4; round++) Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            for (var i = 0; i < 5_000; i++) buffer.Add(outcome);
            buffer.Take();
        }
    }
}
