using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Pingmesh.AgentCli.Configuration;

namespace Pingmesh.AgentCli.Running;

/// <summary>The program's log: structured, on stderr.</summary>
internal static class Logs
{
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public static ILoggerFactory Create(LogSettings settings) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(settings.Level);
        logging.AddFilter("Microsoft", settings.Level > LogLevel.Warning ? settings.Level : LogLevel.Warning);
        if (settings.Json)
        {
            logging.AddJsonConsole(format =>
            {
                format.TimestampFormat = Timestamp;
                format.UseUtcTimestamp = true;
            });
        }
        else
        {
            logging.AddSimpleConsole(format =>
            {
                format.SingleLine = true;
                format.TimestampFormat = Timestamp + " ";
                format.UseUtcTimestamp = true;
                format.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }

        // Standard output is for what a command answers.
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
