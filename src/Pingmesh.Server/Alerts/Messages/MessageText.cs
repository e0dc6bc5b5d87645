using System.Globalization;
using System.Text;

namespace Pingmesh.Server.Alerts.Messages;

/// <summary>What people read in a chat, in parts that each chat puts together in its own markup.</summary>
internal static class MessageText
{
    private const int MostAlerts = 20;

    private static readonly string[] Hidden = [AlertTexts.Summary, AlertTexts.Url];

    /// <summary>A word for the state of an alert, such as <c>CRITICAL</c>, or <c>RESOLVED</c>.</summary>
    public static string Word(Alert alert) => alert.State == AlertState.Resolved ? "RESOLVED" : alert.Severity.Name().ToUpperInvariant();

    /// <summary>One line about all alerts.</summary>
    public static string Title(IReadOnlyList<Alert> alerts)
    {
        var first = alerts[0];
        var more = alerts.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {alerts.Count - 1} more") : "";
        return $"[{Word(first)}] {first.Name} {first.Scope}{more}";
    }

    /// <summary>What is known of an alert beside its summary, as names and values.</summary>
    public static IEnumerable<(string Name, string Value)> Details(Alert alert)
    {
        yield return ("scope", alert.Scope);
        yield return ("since", Time(alert.StartsAt));
        if (alert.EndsAt is { } end) yield return ("ended", Time(end));
        foreach (var (name, value) in alert.Annotations)
        {
            if (!Hidden.Contains(name) && name != AlertTexts.Ended) yield return (name, value);
        }

        if (alert.Labels.ContainsKey(AlertTexts.Acknowledged)) yield return (AlertTexts.Acknowledged, "yes");
    }

    /// <summary>All alerts in the markdown that Feishu, DingTalk and WeCom share.</summary>
    /// <param name="alerts">The alerts.</param>
    /// <param name="mostBytes">Most bytes of UTF-8; the text is cut at a character.</param>
    public static string Markdown(IReadOnlyList<Alert> alerts, int mostBytes)
    {
        var text = new StringBuilder();
        foreach (var alert in alerts.Take(MostAlerts))
        {
            if (text.Length > 0) text.Append("\n\n");
            text.Append("**").Append(Word(alert)).Append("** ").Append(Plain(alert.Summary));
            foreach (var (name, value) in Details(alert)) text.Append("\n\n").Append(name).Append(": ").Append(Plain(value));
            if (alert.Annotations.TryGetValue(AlertTexts.Url, out var url)) text.Append("\n\n[open](").Append(url).Append(')');
        }

        if (alerts.Count > MostAlerts) text.Append(CultureInfo.InvariantCulture, $"\n\nand {alerts.Count - MostAlerts} more");
        return Cut(text.ToString(), mostBytes);
    }

    /// <summary>The beginning of a text that has at most so many bytes of UTF-8.</summary>
    public static string Cut(string text, int mostBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= mostBytes) return text;
        const string rest = " ...";
        var left = mostBytes - rest.Length;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            left -= rune.Utf8SequenceLength;
            if (left < 0) break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length] + rest;
    }

    /// <summary>A time as people read it.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // Chats take some characters of a summary for markup; none of them is needed to read it.
    private static string Plain(string text) => text.Replace('*', ' ').Replace('`', '\'').Replace('<', '(').Replace('>', ')').Replace('[', '(').Replace(']', ')').ReplaceLineEndings(" ");
}
