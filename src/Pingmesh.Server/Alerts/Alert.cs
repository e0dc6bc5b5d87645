using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Pingmesh.Server.Alerts;

/// <summary>Something that somebody should know. Immutable.</summary>
public sealed record Alert
{
    /// <summary>Identity: 16 hexadecimal digits, the same for the same cause as long as it lasts, over restarts too.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Name, such as <c>PingmeshBlackHole</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What sort it is; see <see cref="AlertKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>What it is about: <c>dc1/ps2</c>, a host's name, <c>service:NAME</c>, two of them with <c>~</c> between, or <c>pingmesh</c> itself.</summary>
    public required string Scope { get; init; }

    /// <summary>How urgent it is.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When it was over; null while it holds.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>What receivers sort by; they change seldom.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>What people read: <c>summary</c> always, others as far as they are known.</summary>
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>Whether it still holds.</summary>
    [JsonIgnore]
    public AlertState State => EndsAt is null ? AlertState.Firing : AlertState.Resolved;

    /// <summary>One sentence about it.</summary>
    [JsonIgnore]
    public string Summary => Annotations.GetValueOrDefault(AlertTexts.Summary, Name);

    /// <summary>All labels as one text: an alert whose labels changed is told again.</summary>
    [JsonIgnore]
    public string LabelText => string.Join('\n', Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));

    /// <summary>The fingerprint of a cause.</summary>
    /// <param name="name">The alert's name.</param>
    /// <param name="key">What tells it from others of that name.</param>
    public static string FingerprintOf(string name, string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{key}")).AsSpan(0, 8));
}
