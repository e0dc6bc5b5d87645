namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>Somebody who is told of alerts.</summary>
public sealed record ReceiverSettings
{
    /// <summary>Name, unique among receivers.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required ReceiverKind Kind { get; init; }

    /// <summary>Addresses: of an Alertmanager those of the whole cluster, of a webhook one; none where <see cref="UrlFile"/> has it.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [];

    /// <summary>File that holds a webhook's address, where the address is a secret; null for none.</summary>
    public string? UrlFile { get; init; }

    /// <summary>What a webhook is sent.</summary>
    public WebhookFormat Format { get; init; } = WebhookFormat.Generic;

    /// <summary>File of a template that says what a webhook is sent instead; null for none.</summary>
    public string? TemplateFile { get; init; }

    /// <summary>File that holds the secret that requests are signed with, or PagerDuty's routing key; null for none.</summary>
    public string? SecretFile { get; init; }

    /// <summary>File that holds a bearer token; null for none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Program and its arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>How long one attempt may take, 1 s to 5 min; 10 s unless set.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a message is tried again before it is given up and planned anew, 1 s to 1 h; 5 min unless set.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Most messages that wait, 1 to 10,000; more are planned later. 100 unless set.</summary>
    public int QueueLength { get; init; } = 100;

    /// <summary>Whether it is told of ends, too.</summary>
    public bool SendResolved { get; init; } = true;

    /// <summary>Which alerts it is told of.</summary>
    public AlertFilter Filter { get; init; } = new();

    /// <summary>What is told in one message.</summary>
    public GroupSettings Group { get; init; } = new();

    /// <summary>Whether it gets the signal that Pingmesh is alive.</summary>
    public bool DeadMan { get; init; }

    /// <summary>Address that gets the signal as a GET request; null to send it as an alert.</summary>
    public Uri? HeartbeatUrl { get; init; }

    /// <summary>Time between two signals, 1 s to 1 h; 1 min unless set.</summary>
    public TimeSpan DeadManInterval { get; init; } = TimeSpan.FromMinutes(1);
}
