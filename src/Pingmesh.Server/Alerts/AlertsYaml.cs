using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;
using Pingmesh.Server.Alerts.Receivers;
using Pingmesh.Server.Alerts.Thresholds;

namespace Pingmesh.Server.Alerts;

/// <summary>Reads the lists of the configuration's section <c>alerts</c>: <c>receivers</c> and <c>scopes</c>.</summary>
public static class AlertsYaml
{
    private static readonly Dictionary<string, ReceiverKind> Kinds = new()
    {
        ["alertmanager"] = ReceiverKind.Alertmanager, ["webhook"] = ReceiverKind.Webhook, ["command"] = ReceiverKind.Command,
    };

    private static readonly Dictionary<string, WebhookFormat> Formats = new()
    {
        ["generic"] = WebhookFormat.Generic, ["slack"] = WebhookFormat.Slack, ["pagerduty"] = WebhookFormat.PagerDuty,
        ["feishu"] = WebhookFormat.Feishu, ["dingtalk"] = WebhookFormat.DingTalk, ["wecom"] = WebhookFormat.WeCom,
    };

    /// <summary>The receivers; what is wrong is reported at its place.</summary>
    public static IReadOnlyList<ReceiverSettings> ReadReceivers(YamlMapping section)
    {
        var receivers = new List<ReceiverSettings>();
        foreach (var value in section.Find("receivers")?.List() ?? [])
        {
            if (value.Mapping() is not { } mapping) continue;
            var receiver = ReadReceiver(mapping);
            if (receiver is null) continue;
            if (receivers.Any(other => other.Name == receiver.Name)) mapping.Report($"there are two receivers '{receiver.Name}'; give each a name of its own");
            receivers.Add(receiver);
        }

        return receivers;
    }

    /// <summary>The scopes with thresholds of their own; what is wrong is reported at its place.</summary>
    public static IReadOnlyList<ScopeThreshold> ReadScopes(YamlMapping section)
    {
        var scopes = new List<ScopeThreshold>();
        foreach (var value in section.Find("scopes")?.List() ?? [])
        {
            if (value.Mapping() is not { } mapping) continue;
            var scope = mapping.Require("scope");
            var name = scope?.Text();
            var enabled = mapping.Find("enabled")?.Bool() ?? true;
            var drops = mapping.Find("drop_rate")?.Number(1e-9, 1);
            var p99 = mapping.Find("p99")?.Duration(TimeSpan.FromMicroseconds(1), TimeSpan.FromSeconds(10));
            if (name is null) continue;
            if (name.Contains('/', StringComparison.Ordinal)) scope!.Report($"'{name}' is no data center or service; write for example dc1 or service:search");
            else scopes.Add(new ScopeThreshold(name, enabled, drops, p99));
        }

        return scopes;
    }

    private static ReceiverSettings? ReadReceiver(YamlMapping mapping)
    {
        var name = mapping.Require("name");
        var text = name?.Text();
        if (text is not null && !ScopeName.IsValid(text)) name!.Report($"'{text}' is no valid name; use {ScopeName.Rule}");
        var type = mapping.Require("type")?.OneOf([.. Kinds.Keys]);
        var defaults = new ReceiverSettings { Name = text ?? "?", Kind = type is null ? ReceiverKind.Webhook : Kinds[type] };
        var settings = defaults with
        {
            Timeout = mapping.Find("timeout")?.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)) ?? defaults.Timeout,
            SendResolved = mapping.Find("send_resolved")?.Bool() ?? defaults.SendResolved,
            Filter = ReadFilter(mapping),
            DeadMan = mapping.Find("deadman")?.Bool() ?? false,
        };
        if (type is null)
        {
            // Nobody knows which other keys may be there; one mistake is told, not all that follow from it.
            Forgive(mapping);
            return null;
        }

        settings = settings.Kind switch
        {
            ReceiverKind.Alertmanager => settings with { Urls = ReadUrls(mapping, mapping.Require("urls")), TokenFile = mapping.Find("token_file")?.Text() },
            ReceiverKind.Webhook => ReadWebhook(mapping, ReadMessages(mapping, settings)),
            _ => ReadMessages(mapping, settings) with { Command = ReadCommand(mapping) },
        };
        return text is null ? null : settings;
    }

    private static ReceiverSettings ReadWebhook(YamlMapping mapping, ReceiverSettings settings)
    {
        var format = mapping.Find("format");
        var read = settings with
        {
            Format = format?.OneOf([.. Formats.Keys]) is { } word ? Formats[word] : WebhookFormat.Generic,
            Urls = ReadUrls(mapping, mapping.Find("url")),
            UrlFile = mapping.Find("url_file")?.Text(),
            TemplateFile = mapping.Find("template_file")?.Text(),
            SecretFile = mapping.Find("secret_file")?.Text(),
            TokenFile = mapping.Find("token_file")?.Text(),
        };
        if (read.Urls.Count > 1) mapping.Report("'url' names several addresses; write one receiver for each");
        if (read.Urls.Count > 0 && read.UrlFile is not null) mapping.Report("'url' and 'url_file' exclude each other; keep one");
        if (read.TemplateFile is not null && read.Format is not WebhookFormat.Generic) mapping.Report("'template_file' and 'format' exclude each other; keep one");
        if (read.Format == WebhookFormat.PagerDuty && read.SecretFile is null) mapping.Report("PagerDuty needs 'secret_file', a file with the routing key; add it");
        if (mapping.Has("url") || read.UrlFile is not null) return read;
        if (read.Format != WebhookFormat.PagerDuty) mapping.Report("a webhook needs 'url', or 'url_file', a file with the address; add one");
        return read with { Urls = [WebhookDelivery.PagerDuty] };
    }

    private static ReceiverSettings ReadMessages(YamlMapping mapping, ReceiverSettings settings) => settings with
    {
        RetryFor = mapping.Find("retry_for")?.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)) ?? settings.RetryFor,
        QueueLength = mapping.Find("queue")?.WholeNumber(1, 10_000) ?? settings.QueueLength,
        HeartbeatUrl = mapping.Find("heartbeat_url") is { } url ? ReadUrl(url) : null,
        DeadManInterval = mapping.Find("deadman_interval")?.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)) ?? settings.DeadManInterval,
        Group = new GroupSettings
        {
            By = mapping.Find("group_by") is { } by ? ReadTexts(by) : settings.Group.By,
            Wait = mapping.Find("group_wait")?.Duration(TimeSpan.Zero, TimeSpan.FromMinutes(10)) ?? settings.Group.Wait,
            Repeat = mapping.Find("repeat")?.Duration(TimeSpan.FromMinutes(1), TimeSpan.FromDays(7)),
        },
    };

    private static AlertFilter ReadFilter(YamlMapping mapping) => new()
    {
        Severities = [.. ReadWords(mapping.Find("severities"), AlertSeverityNames.All).Select(AlertSeverityNames.Parse)],
        Kinds = ReadWords(mapping.Find("kinds"), AlertKinds.All),
        Scopes = mapping.Find("scopes") is { } scopes ? ReadTexts(scopes) : [],
    };

    private static IReadOnlyList<string> ReadCommand(YamlMapping mapping)
    {
        var value = mapping.Require("command");
        var command = value is null ? [] : ReadTexts(value);
        if (value is not null && (command.Count == 0 || !Path.IsPathRooted(command[0])))
            value.Report("'command' must be a list that begins with the whole path of a program; write for example ['/usr/local/bin/page', '--urgent']");
        return command;
    }

    private static IReadOnlyList<Uri> ReadUrls(YamlMapping mapping, YamlValue? value)
    {
        if (value is null) return [];
        var values = value.IsList ? value.List() : [value];
        if (value.IsList && values.Count == 0) mapping.Report("'urls' is empty; name at least one address");
        return [.. values.Select(ReadUrl).OfType<Uri>()];
    }

    private static Uri? ReadUrl(YamlValue value)
    {
        if (value.Text() is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return url;
        value.Report($"'{text}' is no URL; write for example https://alerts.example.com/hook");
        return null;
    }

    private static IReadOnlyList<string> ReadWords(YamlValue? value, IReadOnlyList<string> words) =>
        value is null ? [] : [.. (value.IsList ? value.List() : [value]).Select(one => one.OneOf(words)).OfType<string>()];

    private static IReadOnlyList<string> ReadTexts(YamlValue value) => [.. (value.IsList ? value.List() : [value]).Select(one => one.Text()).OfType<string>()];

    private static void Forgive(YamlMapping mapping)
    {
        foreach (var key in new[]
        {
            "urls", "url", "url_file", "format", "template_file", "secret_file", "token_file", "command", "retry_for", "queue", "heartbeat_url", "deadman_interval", "group_by", "group_wait", "repeat",
        })
        {
            mapping.Has(key);
        }
    }
}
