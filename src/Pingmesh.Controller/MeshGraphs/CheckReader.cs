using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>Reads what probes of the protocols ask for and expect.</summary>
internal static class CheckReader
{
    /// <summary>The <c>http</c> mapping of a graph.</summary>
    public static HttpCheck? Http(YamlValue value)
    {
        if (value.Mapping() is not { } http) return null;
        var defaults = new HttpCheck();
        return new HttpCheck
        {
            Https = http.Find("https")?.Bool() ?? defaults.Https,
            Path = http.Find("path")?.Text() ?? defaults.Path,
            Method = http.Find("method")?.Text() ?? defaults.Method,
            Version = http.Find("version")?.OneOf("1.1", "2") ?? defaults.Version,
            Headers = http.Find("headers")?.TextMap() ?? defaults.Headers,
            Body = http.Find("body")?.Text(),
            Status = Texts(http.Find("status")),
            BodyMatches = http.Find("body_matches")?.Text(),
            HeaderMatches = http.Find("header_matches")?.TextMap() ?? defaults.HeaderMatches,
        };
    }

    /// <summary>The <c>tls</c> mapping of a graph.</summary>
    public static TlsCheck? Tls(YamlValue value) => value.Mapping() is not { } tls ? null : new TlsCheck
    {
        ServerName = tls.Find("server_name")?.Text(),
        Verify = tls.Find("verify")?.Bool() ?? true,
        MinDaysLeft = tls.Find("min_days_left")?.WholeNumber(0, 3_650) ?? 0,
        Authorities = tls.Find("authorities")?.Text(),
    };

    /// <summary>The <c>dns</c> mapping of a graph.</summary>
    public static DnsCheck? Dns(YamlValue value) => value.Mapping() is not { } dns ? null : new DnsCheck
    {
        Name = dns.Require("name")?.Text() ?? ".",
        Type = dns.Find("type")?.OneOf("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT") ?? "A",
        OverTcp = dns.Find("over_tcp")?.Bool() ?? false,
        ResponseCode = dns.Find("response_code")?.OneOf("NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR", "NOTIMP") ?? "NOERROR",
        Answers = Texts(dns.Find("answers")),
        MinAnswers = dns.Find("min_answers")?.WholeNumber(0, 100) ?? 1,
    };

    /// <summary>The <c>grpc</c> mapping of a graph.</summary>
    public static GrpcCheck? Grpc(YamlValue value) => value.Mapping() is not { } grpc ? null : new GrpcCheck
    {
        Service = grpc.Find("service")?.Text() ?? "",
        Tls = grpc.Find("tls")?.Bool() ?? false,
    };

    private static List<string> Texts(YamlValue? list) => [.. (list?.List() ?? []).Select(item => item.Text()).OfType<string>()];
}
