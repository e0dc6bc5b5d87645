using System.CommandLine;
using Pingmesh.AgentCli.Running;
using Pingmesh.AgentCli.Targets;
using Pingmesh.Core;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;

namespace Pingmesh.AgentCli.Ping;

/// <summary>The flags of ping.</summary>
internal sealed class PingFlags
{
    private const int DefaultRate = 1_000;

    private readonly Option<int?> tcp = new("--tcp") { Description = "TCP connect to this port; the default kind, to port 58100.", HelpName = "PORT" };
    private readonly Option<int?> payload = new("--payload") { Description = "TCP connect, then echo N bytes (1 to 65536) with the peer's responder.", HelpName = "N" };
    private readonly Option<bool> icmp = new("--icmp") { Description = "ICMP echo." };
    private readonly Option<bool> udp = new("--udp") { Description = "UDP echo with the peer's responder." };
    private readonly Option<bool> http = new("--http") { Description = "HTTP request; targets may be URLs." };
    private readonly Option<bool> dns = new("--dns") { Description = "DNS query to the target." };
    private readonly Option<bool> tls = new("--tls") { Description = "TLS handshake." };
    private readonly Option<bool> grpc = new("--grpc") { Description = "gRPC health check." };
    private readonly Option<bool> ntp = new("--ntp") { Description = "NTP query." };
    private readonly Option<int> port = new("--port") { Description = "Port, where the target names none.", HelpName = "PORT" };
    private readonly Option<int> count = new("-c", "--count") { Description = "Probes of each target; 0 until Ctrl-C.", HelpName = "N", DefaultValueFactory = _ => 5 };
    private readonly Option<double> interval = new("-i", "--interval") { Description = "Seconds between two probes of a target.", HelpName = "SECONDS", DefaultValueFactory = _ => 1 };
    private readonly Option<double> timeout = new("-W", "--timeout") { Description = "Seconds to wait for an answer, at most 9.", HelpName = "SECONDS", DefaultValueFactory = _ => 2.5 };
    private readonly Option<int> rate = new("--rate") { Description = $"Most probes a second over all targets, at most {DefaultRate}.", HelpName = "N", DefaultValueFactory = _ => DefaultRate };
    private readonly Option<bool> all = new("--all-addresses") { Description = "Every address of a name, not only the first." };
    private readonly Option<int> size = new("--size") { Description = "Bytes of payload of icmp and udp.", HelpName = "N" };
    private readonly Option<int> ttl = new("--ttl") { Description = "Time to live, 1 to 255 (icmp, udp).", HelpName = "N" };
    private readonly Option<bool> dontFragment = new("--dont-fragment") { Description = "Packets must not be fragmented (icmp, udp)." };
    private readonly Option<string?> query = new("--query") { Description = "Name to ask for (dns); default the root.", HelpName = "NAME" };
    private readonly Option<string?> type = new("--type") { Description = "Record type to ask for (dns).", HelpName = "TYPE" };
    private readonly Option<bool> overTcp = new("--over-tcp") { Description = "DNS over TCP." };
    private readonly Option<string?> method = new("--method") { Description = "Request method (http).", HelpName = "METHOD" };
    private readonly Option<bool> http2 = new("--http2") { Description = "HTTP/2 instead of 1.1 (http)." };
    private readonly Option<string[]> header = new("--header") { Description = "Request header (http), such as 'Accept: text/html'; may be repeated.", HelpName = "NAME: VALUE" };
    private readonly Option<string[]> status = new("--status") { Description = "Wanted status (http), such as 200 or 200-299; may be repeated.", HelpName = "STATUS" };
    private readonly Option<string?> match = new("--match") { Description = "Regular expression that the body must match (http).", HelpName = "REGEX" };
    private readonly Option<bool> insecure = new("--insecure") { Description = "Take any certificate (http, tls, grpc)." };
    private readonly Option<string?> service = new("--service") { Description = "Service to ask after (grpc).", HelpName = "NAME" };
    private readonly Option<bool> withTls = new("--with-tls") { Description = "Over TLS (http without a URL, grpc)." };

    private readonly FlowFlags flow = new("Source port, or range to sweep, such as 40000-40099 (tcp, payload, udp).");

    public IEnumerable<Option> All =>
    [
        tcp, payload, icmp, udp, http, dns, tls, grpc, ntp, port, count, interval, timeout, rate, .. flow.All, all, size, ttl,
        dontFragment, query, type, overTcp, method, http2, header, status, match, insecure, service, withTls,
    ];

    /// <summary>What the flags ask for.</summary>
    /// <exception cref="UsageException">A flag is wrong, or two contradict each other; says which.</exception>
    public PingOptions Read(ParseResult flags)
    {
        var kind = KindOf(flags);
        return new PingOptions
        {
            Kind = kind,
            Port = PortOf(flags, kind),
            Count = flags.GetInRange(count, 0, 1_000_000),
            Interval = flags.GetSeconds(interval, 0.01, 3600),
            Timeout = flags.GetSeconds(timeout, 0.001, HardLimits.MaxProbeTimeout.TotalSeconds),
            Rate = flags.GetInRange(rate, 1, DefaultRate),
            Flow = flow.Read(flags),
            PayloadBytes = kind == ProbeKind.TcpPayload
                ? FlagRanges.Check("--payload", flags.GetValue(payload)!.Value, 1, HardLimits.MaxPayloadBytes)
                : flags.GetInRange(size, 0, HardLimits.MaxPayloadBytes),
            Ttl = (byte)flags.GetInRange(ttl, 0, 255),
            DontFragment = flags.GetValue(dontFragment),
            EveryAddress = flags.GetValue(all),
            Http = kind == ProbeKind.Http ? HttpOf(flags) : null,
            Tls = new TlsCheck { Verify = !flags.GetValue(insecure) },
            Dns = kind == ProbeKind.Dns ? DnsOf(flags) : null,
            Grpc = kind == ProbeKind.Grpc ? new GrpcCheck { Service = flags.GetValue(service) ?? "", Tls = flags.GetValue(withTls) } : null,
        };
    }

    private ProbeKind KindOf(ParseResult flags)
    {
        (Option Option, bool Given, ProbeKind Kind)[] kinds =
        [
            (tcp, flags.GetValue(tcp) is not null, ProbeKind.Tcp), (payload, flags.GetValue(payload) is not null, ProbeKind.TcpPayload),
            (icmp, flags.GetValue(icmp), ProbeKind.Icmp), (udp, flags.GetValue(udp), ProbeKind.Udp), (http, flags.GetValue(http), ProbeKind.Http),
            (dns, flags.GetValue(dns), ProbeKind.Dns), (tls, flags.GetValue(tls), ProbeKind.Tls), (grpc, flags.GetValue(grpc), ProbeKind.Grpc),
            (ntp, flags.GetValue(ntp), ProbeKind.Ntp),
        ];
        var given = kinds.Where(kind => kind.Given).ToList();

        // --payload with --tcp: the port of the one, the bytes of the other.
        if (given.Count == 2 && given[0].Kind == ProbeKind.Tcp && given[1].Kind == ProbeKind.TcpPayload) return ProbeKind.TcpPayload;
        if (given.Count > 1) throw new UsageException($"{string.Join(" and ", given.Select(kind => kind.Option.Name))} are given; one run pings in one way, keep one");
        return given.Count == 1 ? given[0].Kind : ProbeKind.Tcp;
    }

    private int PortOf(ParseResult flags, ProbeKind kind)
    {
        if (flags.GetValue(tcp) is { } tcpPort) return FlagRanges.Check("--tcp", tcpPort, 1, 65535);
        if (flags.GetResult(port) is { Implicit: false }) return flags.GetInRange(port, 1, 65535);
        return kind is ProbeKind.Tcp or ProbeKind.TcpPayload or ProbeKind.Udp ? Ports.Responder : 0;
    }

    private HttpCheck HttpOf(ParseResult flags) => new()
    {
        Https = flags.GetValue(withTls),
        Method = flags.GetValue(method) ?? "GET",
        Version = flags.GetValue(http2) ? "2" : "1.1",
        Headers = (flags.GetValue(header) ?? []).Select(HeaderOf).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.OrdinalIgnoreCase),
        Status = flags.GetValue(status) ?? [],
        BodyMatches = flags.GetValue(match),
    };

    private static KeyValuePair<string, string> HeaderOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? new(text[..colon].Trim(), text[(colon + 1)..].Trim())
            : throw new UsageException($"--header: '{text}' is no header; write for example 'Accept: text/html'");
    }

    private DnsCheck DnsOf(ParseResult flags) => new()
    {
        Name = flags.GetValue(query) ?? ".",
        Type = (flags.GetValue(type) ?? (flags.GetValue(query) is null ? "NS" : "A")).ToUpperInvariant(),
        OverTcp = flags.GetValue(overTcp),
    };
}
