using Pingmesh.Core.Exposition;
using Pingmesh.Server.Observe;

namespace Pingmesh.UnitTests.Alerts;

public class WatchdogsTests
{
    private static readonly WatchdogSight Well = new(100, 100, 95, 1, null, 5, 1_000, true, false);

    [Theory]
    [InlineData("")]
    [InlineData("pinglists")]
    [InlineData("budgets")]
    [InlineData("uploads")]
    [InlineData("store")]
    [InlineData("sla")]
    public async Task Each_watchdog_barks_at_its_own_trouble(string watchdog)
    {
        await using var watchdogs = new Watchdogs(() => Well, TimeProvider.System);
        var now = DateTimeOffset.UtcNow;
        Assert.All(watchdogs.States, state => Assert.Null(state.IsOk));
        for (var minute = 1; minute <= 12; minute++) watchdogs.Judge(Trouble(watchdog) with { Flushes = watchdog == "store" ? 5 : minute }, now.AddMinutes(minute));
        Assert.Equal(watchdog.Length == 0 ? [] : [watchdog], watchdogs.States.Where(state => state.IsOk == false).Select(state => state.Name));
        var text = new PrometheusText();
        watchdogs.Write(text);
        Assert.Contains($"pingmesh_watchdog_ok{{watchdog=\"uploads\"}} {(watchdog == "uploads" ? 0 : 1)}\n", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_says_since_when_and_an_idle_store_is_well()
    {
        await using var watchdogs = new Watchdogs(() => Well, TimeProvider.System);
        var now = DateTimeOffset.UtcNow;
        for (var minute = 6; minute <= 20; minute++) watchdogs.Judge(Well with { PendingBytes = 0, Uploaded = minute < 10 ? 95 : 5 }, now.AddMinutes(minute));
        Assert.True(watchdogs.States.Single(state => state.Name == "store").IsOk);
        var uploads = watchdogs.States.Single(state => state.Name == "uploads");
        Assert.Equal((false, now.AddMinutes(10)), (uploads.IsOk, uploads.Since));
        var again = WatchdogState.Of(uploads.ToAlert(null))!;
        Assert.Equal((uploads.Name, uploads.IsOk, uploads.Since), (again.Name, again.IsOk, again.Since));
    }

    private static WatchdogSight Trouble(string watchdog) => watchdog switch
    {
        "pinglists" => Well with { PinglistProblem = "no pinglist could be made" },
        "budgets" => Well with { OverBudget = 2 },
        "uploads" => Well with { Uploaded = 89 },
        "sla" => Well with { IsSlaLate = true },
        _ => Well,
    };
}
