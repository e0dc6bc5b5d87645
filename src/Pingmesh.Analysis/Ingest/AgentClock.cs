using System.Globalization;
using Pingmesh.Core;

namespace Pingmesh.Analysis.Ingest;

/// <summary>
/// What is done about agents whose clock is wrong, as the time at which they say they sent an upload shows: a little
/// does not matter, more is corrected by whole windows, much more is refused.
/// </summary>
public static class AgentClock
{
    /// <summary>A difference up to this is left as it is: the way to the server takes time too.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <summary>The largest difference that is corrected.</summary>
    public static readonly TimeSpan MostCorrected = TimeSpan.FromHours(1);

    /// <summary>By how many seconds times of an agent are to be shifted: whole windows, so that they stay windows.</summary>
    /// <param name="behind">By how much the agent's clock is behind the server's; negative when it is ahead.</param>
    /// <exception cref="FormatException">It is too much to be corrected.</exception>
    public static long ShiftOf(TimeSpan behind)
    {
        if (behind.Duration() <= Tolerance) return 0;
        if (behind.Duration() > MostCorrected)
        {
            throw new FormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"the agent's clock is {behind.Duration().TotalSeconds:F0} s {(behind > TimeSpan.Zero ? "behind" : "ahead of")} the server's; set it right: "
                + $"up to {MostCorrected.TotalSeconds:F0} s are corrected"));
        }

        return (long)Math.Round(behind.TotalSeconds / Windows.LiveSeconds) * Windows.LiveSeconds;
    }
}
