using FsCheck.Fluent;
using Pingmesh.Store;
using Pingmesh.UnitTests.Core;

namespace Pingmesh.UnitTests.Store;

public sealed class WindowPlanTests
{
    private const long Day = 86_400;

    [Fact]
    public void Whole_days_hours_and_edges_are_told_apart()
    {
        var query = new WindowQuery(WindowLevel.PodPair, Day - 3_660, (3 * Day) + 3_720) { LongestSeconds = 86_400 };
        Assert.Equal(
            [
                new(WindowLevel.PodPair, Day - 3_660, Day - 3_600), new(WindowLevel.PodPairHour, Day - 3_600, Day), new(WindowLevel.PodPairDay, Day, 3 * Day),
                new(WindowLevel.PodPairHour, 3 * Day, (3 * Day) + 3_600), new(WindowLevel.PodPair, (3 * Day) + 3_600, (3 * Day) + 3_720),
            ],
            WindowPlan.Of(query, _ => []).OrderBy(span => span.From));
    }

    [Fact]
    public void Spans_cover_the_range_once_and_hold_no_incomplete_window()
    {
        Property.Holds(
            Property.Randoms,
            random =>
            {
                var level = WindowLevels.Written[random.Next(4)];
                long unit = level.LengthSeconds();
                var from = random.Next(3_000) * unit;
                var to = from + ((1 + random.Next(6_000)) * unit);
                var incomplete = new HashSet<(WindowLevel, long)>();
                IReadOnlyList<long> Incomplete(WindowSpan span)
                {
                    var starts = new List<long>();
                    for (var start = span.From; start < span.To; start += span.Level.LengthSeconds())
                    {
                        if (random.Next(4) == 0) starts.Add(start);
                    }

                    foreach (var start in starts) incomplete.Add((span.Level, start));
                    return starts;
                }

                var spans = WindowPlan.Of(new WindowQuery(level, from, to) { LongestSeconds = 86_400 }, Incomplete).OrderBy(span => span.From).ToList();
                var at = from;
                foreach (var span in spans)
                {
                    Assert.Equal(at, span.From);
                    Assert.True(span.From < span.To);
                    Assert.Equal((0L, 0L), (span.From % span.Level.LengthSeconds(), span.To % span.Level.LengthSeconds()));
                    for (var start = span.From; start < span.To; start += span.Level.LengthSeconds()) Assert.DoesNotContain((span.Level, start), incomplete);
                    at = span.To;
                }

                Assert.Equal(to, at);
            },
            times: 200);
    }
}
