using Microsoft.Extensions.Logging;

namespace Pingmesh.AgentCli.Configuration;

/// <summary>How much is logged, and how.</summary>
/// <param name="Level">The least important level that is logged.</param>
/// <param name="Json">One JSON object a line instead of text.</param>
internal sealed record LogSettings(LogLevel Level, bool Json)
{
    public static readonly Setting LevelSetting = new("log_level", "LEVEL", "debug, info, warning or error; default info.");
    public static readonly Setting FormatSetting = new("log_format", "FORMAT", "text or json; default text. The log goes to stderr.");

    private static readonly Dictionary<string, LogLevel> Levels = new()
    {
        ["debug"] = LogLevel.Debug, ["info"] = LogLevel.Information, ["warning"] = LogLevel.Warning, ["error"] = LogLevel.Error,
    };

    private static readonly Dictionary<string, bool> Formats = new() { ["text"] = false, ["json"] = true };

    public static LogSettings Read(SettingSource source) =>
        new(source.OneOf(LevelSetting, Levels) ?? LogLevel.Information, source.OneOf(FormatSetting, Formats) ?? false);
}
