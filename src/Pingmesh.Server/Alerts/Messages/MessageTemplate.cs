using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Pingmesh.Core.Yaml;
using Pingmesh.Server.Alerts.Delivery;

namespace Pingmesh.Server.Alerts.Messages;

/// <summary>
/// A webhook's body as somebody wrote it: text with fields of <see cref="AlertJson"/> in double braces. Between
/// <c>{{#alerts}}</c> and <c>{{/alerts}}</c> the text stands once for each alert, and fields are the alert's; <c>{{comma}}</c>
/// is a comma after each but the last. Values are escaped as JSON needs it inside of quotes; three braces leave them as they are.
/// </summary>
internal sealed class MessageTemplate
{
    private const string Begin = "#alerts";
    private const string End = "/alerts";
    private const string Comma = "comma";
    private static readonly string[] MessageFields = ["version", "receiver", "group", "status", "severity", "sent_at", "title"];
    private static readonly string[] AlertFields = ["fingerprint", "name", "status", "severity", "kind", "scope", "summary", "starts_at", "ends_at", "url"];
    private static readonly string[] Maps = ["labels.", "annotations."];

    private readonly List<Part> parts;

    private MessageTemplate(List<Part> parts) => this.parts = parts;

    /// <summary>Reads a template.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The name that messages call it by.</param>
    /// <exception cref="ConfigurationException">It is wrong; says in which line, and what helps.</exception>
    public static MessageTemplate Parse(string text, string file)
    {
        ConfigurationException Wrong(int line, string message) => new([new ConfigurationError(file, line, 1, message)]);
        var parts = new List<Part>();
        var (at, inAlerts) = (0, false);
        while (text.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open)
        {
            parts.Add(new Part(text[at..open], null, false));
            var raw = text.AsSpan(open).StartsWith("{{{");
            var (braces, close) = (raw ? 3 : 2, text.IndexOf(raw ? "}}}" : "}}", open, StringComparison.Ordinal));
            var line = text.AsSpan(0, open).Count('\n') + 1;
            if (close < 0) throw Wrong(line, $"a field begins and does not end; write {{{{name}}}}");
            var field = text[(open + braces)..close].Trim();
            at = close + braces;
            if (field is Begin or End)
            {
                if (inAlerts == (field == Begin)) throw Wrong(line, $"{{{{{field}}}}} has no counterpart; put {{{{{Begin}}}}} before and {{{{{End}}}}} behind what is said of each alert");
                inAlerts = field == Begin;
                parts.Add(new Part("", field, false));
                continue;
            }

            if (!IsKnown(field, inAlerts))
                throw Wrong(line, $"there is no field '{field}' {(inAlerts ? "of an alert" : "of a message")}; use {string.Join(", ", inAlerts ? AlertFields.Append(Comma).Concat(Maps.Select(map => map + "NAME")) : MessageFields)}");
            parts.Add(new Part("", field, raw));
        }

        if (inAlerts) throw Wrong(text.Count(c => c == '\n') + 1, $"{{{{{Begin}}}}} does not end; put {{{{{End}}}}} behind what is said of each alert");
        parts.Add(new Part(text[at..], null, false));
        return new MessageTemplate(parts);
    }

    /// <summary>The body of a message.</summary>
    public string Render(Notification notification, DateTimeOffset now)
    {
        var json = AlertJson.Of(notification, now);
        json["title"] = MessageText.Title(notification.Alerts);
        var alerts = (JsonArray)json["alerts"]!;
        var text = new StringBuilder();
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Field != Begin)
            {
                Write(text, parts[i], json, isLast: true);
                continue;
            }

            var end = parts.FindIndex(i, part => part.Field == End);
            for (var alert = 0; alert < alerts.Count; alert++)
            {
                for (var inner = i + 1; inner < end; inner++) Write(text, parts[inner], (JsonObject)alerts[alert]!, alert == alerts.Count - 1);
            }

            i = end;
        }

        return text.ToString();
    }

    private static bool IsKnown(string field, bool inAlerts) => inAlerts
        ? field == Comma || AlertFields.Contains(field) || Maps.Any(map => field.StartsWith(map, StringComparison.Ordinal) && field.Length > map.Length)
        : MessageFields.Contains(field);

    private static void Write(StringBuilder text, Part part, JsonObject json, bool isLast)
    {
        text.Append(part.Text);
        if (part.Field is not { } field || field is Begin or End) return;
        if (field == Comma)
        {
            if (!isLast) text.Append(',');
            return;
        }

        var dot = field.IndexOf('.', StringComparison.Ordinal);
        var value = (dot < 0 ? json[field] : json[field[..dot]]![field[(dot + 1)..]])?.ToString() ?? "";
        text.Append(part.IsRaw ? value : JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value));
    }

    private sealed record Part(string Text, string? Field, bool IsRaw);
}
