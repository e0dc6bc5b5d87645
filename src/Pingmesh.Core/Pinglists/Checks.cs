namespace Pingmesh.Core.Pinglists;

/// <summary>What an HTTP probe asks for and expects. The path and the host header are of the target.</summary>
public sealed record HttpCheck
{
    /// <summary>Whether over TLS.</summary>
    public bool Https { get; init; }

    /// <summary>Path and query, beginning with a slash.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Request method (RFC 9110, section 9).</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Version to speak: <c>1.1</c> or <c>2</c>. Over TLS 2 is agreed on by ALPN, else it is spoken at once.</summary>
    public string Version { get; init; } = "1.1";

    /// <summary>Request headers by name, <c>Host</c> included where another is wanted than the target's.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Request body; null for none.</summary>
    public string? Body { get; init; }

    /// <summary>Wanted status codes, such as <c>200</c> or <c>200-299</c>; empty for 200 to 399. Redirects are not followed.</summary>
    public IReadOnlyList<string> Status { get; init; } = [];

    /// <summary>Regular expression that the body must match; null for none. The first MB is looked at.</summary>
    public string? BodyMatches { get; init; }

    /// <summary>Regular expressions that headers of the answer must match, by name.</summary>
    public IReadOnlyDictionary<string, string> HeaderMatches { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a probe over TLS expects.</summary>
public sealed record TlsCheck
{
    /// <summary>Name to ask for (SNI) and to find in the certificate; null for the target's.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whether the certificate must be trusted, valid and of the name.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>Fails with <c>bad-certificate</c> when the certificate expires within this many days, 0 to 3,650.</summary>
    public int MinDaysLeft { get; init; }

    /// <summary>PEM file of authorities to trust instead of the system's; null for the system's.</summary>
    public string? Authorities { get; init; }
}

/// <summary>What a DNS probe asks for and expects.</summary>
public sealed record DnsCheck
{
    /// <summary>Name to ask for, absolute.</summary>
    public required string Name { get; init; }

    /// <summary>Type to ask for: <c>A</c>, <c>AAAA</c>, <c>CNAME</c>, <c>MX</c>, <c>NS</c>, <c>PTR</c>, <c>SOA</c>, <c>SRV</c> or <c>TXT</c>.</summary>
    public string Type { get; init; } = "A";

    /// <summary>Whether over TCP; else over UDP, and again over TCP where the answer was cut off.</summary>
    public bool OverTcp { get; init; }

    /// <summary>Wanted response code, such as <c>NOERROR</c> or <c>NXDOMAIN</c>.</summary>
    public string ResponseCode { get; init; } = "NOERROR";

    /// <summary>Answers, as text, each of which must be among those received; empty for no check.</summary>
    public IReadOnlyList<string> Answers { get; init; } = [];

    /// <summary>Fewest answers, 0 to 100.</summary>
    public int MinAnswers { get; init; } = 1;
}

/// <summary>What a gRPC health check asks for (the standard <c>grpc.health.v1.Health/Check</c>).</summary>
public sealed record GrpcCheck
{
    /// <summary>Service asked after; empty for the server as a whole.</summary>
    public string Service { get; init; } = "";

    /// <summary>Whether over TLS.</summary>
    public bool Tls { get; init; }
}
