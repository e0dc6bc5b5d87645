using System.Diagnostics;

namespace Pingmesh.SystemTests.EndToEnd;

/// <summary>Waits for what must come to be, up to a deadline.</summary>
internal static class Eventually
{
    public static async Task IsTrueAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> describe)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (await condition()) return;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                // The server is not there yet, or not any more.
            }

            if (clock.Elapsed > limit) Assert.Fail($"not so after {limit.TotalSeconds:F0} s: {describe()}");
            await Task.Delay(100);
        }
    }

    public static Task IsTrueAsync(Func<bool> condition, TimeSpan limit, Func<string> describe) =>
        IsTrueAsync(() => Task.FromResult(condition()), limit, describe);
}
