using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Pingmesh.AgentCli.Ping;
using Pingmesh.AgentCli.Running;
using Pingmesh.AgentCli.Trace;
using Pingmesh.Core.Probes;

namespace Pingmesh.UnitTests.AgentCli;

public class FlagsTests
{
    [Theory]
    [InlineData("", ProbeKind.Tcp, 58100)]
    [InlineData("--tcp 443", ProbeKind.Tcp, 443)]
    [InlineData("--payload 1000", ProbeKind.TcpPayload, 58100)]
    [InlineData("--payload 1000 --tcp 7", ProbeKind.TcpPayload, 7)]
    [InlineData("--icmp", ProbeKind.Icmp, 0)]
    [InlineData("--udp --port 9", ProbeKind.Udp, 9)]
    [InlineData("--http", ProbeKind.Http, 0)]
    [InlineData("--dns", ProbeKind.Dns, 0)]
    [InlineData("--tls", ProbeKind.Tls, 0)]
    [InlineData("--grpc", ProbeKind.Grpc, 0)]
    [InlineData("--ntp", ProbeKind.Ntp, 0)]
    public void Ping_flag_names_the_kind_and_the_port(string flags, ProbeKind kind, int port)
    {
        var options = Ping(flags);
        Assert.Equal((kind, port), (options.Kind, options.Port));
    }

    [Fact]
    public void Ping_flags_shape_the_probe()
    {
        var options = Ping("--icmp -6 -c 0 -i 0.5 -W 9 --tos 184 --size 1472 --ttl 3 --dont-fragment --source fd00::1");
        Assert.Equal((0, 0.5, 9.0), (options.Count, options.Interval.TotalSeconds, options.Timeout.TotalSeconds));
        Assert.Equal((1472, 3, true), (options.PayloadBytes, options.Ttl, options.DontFragment));
        Assert.Equal(((AddressFamily?)AddressFamily.InterNetworkV6, IPAddress.Parse("fd00::1"), (byte)46), (options.Flow.Family, options.Flow.Source, options.Flow.Dscp));
        var http = Ping("--http --method head --header Accept:text/html --status 200-299 --match ok --http2 --insecure");
        Assert.Equal(("head", "2", "text/html", "ok"), (http.Http!.Method, http.Http.Version, http.Http.Headers["accept"], http.Http.BodyMatches));
        Assert.False(http.Tls!.Verify);
    }

    [Theory]
    [InlineData("--icmp --udp", "--icmp and --udp")]
    [InlineData("--tcp 0", "--tcp")]
    [InlineData("--payload 65537", "--payload")]
    [InlineData("--payload 0", "--payload")]
    [InlineData("-c -1", "-c")]
    [InlineData("-i 0", "-i")]
    [InlineData("-W 9.5", "-W")]
    [InlineData("--rate 1001", "--rate")]
    [InlineData("--tos 256", "--tos")]
    [InlineData("--ttl 256", "--ttl")]
    [InlineData("-4 -6", "-4 and -6")]
    [InlineData("-6 --source 10.0.0.1", "--source")]
    [InlineData("--source here", "--source")]
    [InlineData("--sport 100-99", "--sport")]
    [InlineData("--sport 0", "--sport")]
    [InlineData("--http --header none", "--header")]
    public void Wrong_ping_flag_is_named(string flags, string named) =>
        Assert.Contains(named, Assert.Throws<UsageException>(() => Ping(flags)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", 8, 0, 0)]
    [InlineData("--sport 40000-40003", 4, 40000, 40003)]
    [InlineData("--sport 40000 --flows 3", 3, 40000, 40000)]
    [InlineData("--sport 40000-40009 --flows 3", 3, 40000, 40009)]
    public void Trace_takes_as_many_flows_as_are_asked_for_or_named(string flags, int flows, int from, int to)
    {
        var options = Trace(flags);
        Assert.Equal((flows, from, to), (options.Flows, options.Flow.SourcePortFrom, options.Flow.SourcePortTo));
    }

    [Theory]
    [InlineData("--tcp 80 --udp", "--tcp and --udp")]
    [InlineData("--flows 0", "--flows")]
    [InlineData("--flows 10000", "--flows")]
    [InlineData("--sport 40000-40001 --flows 3", "--sport")]
    [InlineData("--sport 1-65535", "--sport")]
    [InlineData("--sport 65535 --flows 2", "--sport")]
    [InlineData("-m 0", "-m")]
    [InlineData("-c 0", "-c")]
    [InlineData("--rate 0", "--rate")]
    public void Wrong_trace_flag_is_named(string flags, string named) =>
        Assert.Contains(named, Assert.Throws<UsageException>(() => Trace(flags)).Message, StringComparison.Ordinal);

    private static PingOptions Ping(string text)
    {
        var flags = new PingFlags();
        return flags.Read(Parse(flags.All, text));
    }

    private static TraceOptions Trace(string text)
    {
        var flags = new TraceFlags();
        return flags.Read(Parse(flags.All, text));
    }

    private static ParseResult Parse(IEnumerable<Option> options, string text)
    {
        var command = new RootCommand();
        foreach (var option in options) command.Add(option);
        var parsed = command.Parse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(parsed.Errors);
        return parsed;
    }
}
