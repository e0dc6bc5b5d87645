namespace Pingmesh.Core.Probes;

/// <summary>The names of kinds, classes and errors as users and documents write them.</summary>
public static class ProbeNames
{
    private static readonly string[] Errors =
    [
        "none", "timeout", "refused", "reset", "network-unreachable", "host-unreachable", "prohibited", "source-unavailable",
        "local-resources", "other", "name-not-found", "name-without-address", "name-server-failure", "name-server-timeout",
        "ttl-exceeded", "too-large", "answer-timeout", "closed", "bad-answer", "bad-status", "bad-content", "tls-failed",
        "bad-certificate",
    ];

    private static readonly string[] Classes = ["", "intra-pod", "intra-dc", "inter-dc", "vip", "external"];

    private static readonly string[] Kinds = ["", "tcp", "tcp-payload", "icmp", "udp", "http", "tls", "dns", "grpc", "ntp"];

    private static readonly string[] Directions = ["unknown", "forward", "return"];

    /// <summary>The name of an error code, such as <c>timeout</c>.</summary>
    public static string Name(this ProbeError error) => Errors[(int)error];

    /// <summary>The name of a class, such as <c>intra-pod</c>.</summary>
    public static string Name(this ProbeClass probeClass) => Classes[(int)probeClass];

    /// <summary>The name of a kind, such as <c>tcp</c>.</summary>
    public static string Name(this ProbeKind kind) => Kinds[(int)kind];

    /// <summary>The name of a loss direction, such as <c>forward</c>.</summary>
    public static string Name(this LossDirection direction) => Directions[(int)direction];

    /// <summary>The class of that name, or null.</summary>
    public static ProbeClass? FindClass(string name) => Array.IndexOf(Classes, name) is > 0 and var i ? (ProbeClass)i : null;

    /// <summary>The kind of that name, or null.</summary>
    public static ProbeKind? FindKind(string name) => Array.IndexOf(Kinds, name) is > 0 and var i ? (ProbeKind)i : null;

    /// <summary>The error of that name, or null.</summary>
    public static ProbeError? FindError(string name) => Array.IndexOf(Errors, name) is >= 0 and var i ? (ProbeError)i : null;

    /// <summary>The loss direction of that name, or null.</summary>
    public static LossDirection? FindDirection(string name) => Array.IndexOf(Directions, name) is >= 0 and var i ? (LossDirection)i : null;
}
