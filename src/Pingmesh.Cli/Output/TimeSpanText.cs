
namespace Pingmesh.Cli.Output;

/// <summary>The time that an answer covers, as a line.</summary>
internal static class TimeSpanText
{
    public static string Of(bool live, long from, long to) =>
        $"{(live ? "live, " : "")}{DateTimeOffset.FromUnixTimeSeconds(from):yyyy-MM-dd HH:mm:ss} to {DateTimeOffset.FromUnixTimeSeconds(to):yyyy-MM-dd HH:mm:ss} UTC";
}
