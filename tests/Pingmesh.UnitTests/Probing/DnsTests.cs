using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Dns;
using Pingmesh.Probing.Names;

namespace Pingmesh.UnitTests.Probing;

public sealed class DnsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void No_bytes_break_the_reading_of_answers()
    {
        var random = new Random(3);
        var query = DnsMessage.Query(7, "host.example", 1);
        var good = Answer(query, 0, (1, 60, [10, 0, 0, 1]), (5, 60, [1, (byte)'a', 0xC0, 12]), (15, 1, [0, 5, 0xC0, 12]), (16, 1, [3, (byte)'t', (byte)'x', (byte)'t']));
        Assert.Equal(["10.0.0.1", "a.host.example.", "5 host.example.", "txt"], DnsMessage.Read(good, query).Answers.Select(record => record.Text));
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = good.AsSpan(0, random.Next(good.Length + 1)).ToArray();
            for (var flips = random.Next(6); flips > 0 && bytes.Length > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Assert.NotNull(DnsMessage.Read(bytes, query));
            }
            catch (FormatException)
            {
                // As it should be.
            }
        }
    }

    [Fact]
    public void Name_that_points_to_itself_is_refused()
    {
        var query = DnsMessage.Query(7, "h", 1);
        var loop = Answer(query, 0, (5, 1, [0xC0, (byte)(query.Length + 12)]));
        Assert.Throws<FormatException>(() => DnsMessage.Read(loop, query));
    }

    [Theory]
    [InlineData("A", 0, "10.1.2.3", ProbeError.None)]
    [InlineData("A", 0, "10.9.9.9", ProbeError.BadContent)]
    [InlineData("A", 3, null, ProbeError.BadStatus)]
    [InlineData("AAAA", 0, null, ProbeError.BadContent)]
    public async Task Server_is_asked_and_its_answer_checked(string type, int code, string? wanted, ProbeError error)
    {
        var (server, endpoint) = LocalServers.Udp(query => Answer(query, code, (1, 60, [10, 1, 2, 3])));
        using (server)
        {
            var check = new DnsCheck { Name = "host.example", Type = type, Answers = wanted is null ? [] : [wanted] };
            var report = await new DnsProber(check).ProbeAsync(LocalServers.Target(endpoint), Cancellation);
            Assert.True(error == report.Error, $"{report.Error}: {report.Problem}");
            Assert.InRange(report.RttNanoseconds, 1, 5_000_000_000);
        }
    }

    [Fact]
    public async Task Truncated_answer_is_had_in_full_over_tcp_and_forged_ones_are_passed_over()
    {
        var (listener, endpoint) = LocalServers.Tcp(async client =>
        {
            var buffer = new byte[600];
            var length = await client.ReceiveAsync(buffer);
            var answer = Answer(buffer[2..length], 0, [.. Enumerable.Range(1, 100).Select(i => ((ushort)1, 60u, new byte[] { 10, 0, 0, (byte)i }))]);
            await client.SendAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer]);
            _ = await client.ReceiveAsync(buffer);
        });
        using var udp = new UdpClient(endpoint);
        _ = Task.Run(async () =>
        {
            var request = await udp.ReceiveAsync(Cancellation);
            var forged = Answer(request.Buffer, 3);
            forged[0] ^= 0xFF;
            await udp.SendAsync(forged, request.RemoteEndPoint);
            var cut = Answer(request.Buffer, 0);
            cut[2] |= 2;
            await udp.SendAsync(cut, request.RemoteEndPoint);
        });
        using (listener)
        {
            var report = await new DnsProber(new DnsCheck { Name = "many.example", MinAnswers = 100 }).ProbeAsync(LocalServers.Target(endpoint), Cancellation);
            Assert.Equal((ProbeError.None, null), (report.Error, report.Problem));
            Assert.Contains(new("truncated", "true"), report.Facts);
        }
    }

    [Fact]
    public async Task Names_resolve_with_their_ttl_and_each_failure_has_its_code()
    {
        var (server, endpoint) = LocalServers.Udp(query =>
        {
            var text = Encoding.ASCII.GetString(query);
            var four = query[^3] == 1;
            return text switch
            {
                _ when text.Contains("both", StringComparison.Ordinal) => Answer(query, 0, four ? ((ushort)1, 300u, [10, 0, 0, 1]) : ((ushort)28, 20u, IPAddress.Parse("fd00::1").GetAddressBytes())),
                _ when text.Contains("six", StringComparison.Ordinal) => four ? Answer(query, 0) : Answer(query, 0, (28, 20, IPAddress.Parse("fd00::6").GetAddressBytes())),
                _ when text.Contains("broken", StringComparison.Ordinal) => Answer(query, 2),
                _ when text.Contains("silent", StringComparison.Ordinal) => null,
                _ => Answer(query, 3),
            };
        });
        using (server)
        {
            var how = new ResolverConfiguration
            {
                Servers = [endpoint], Timeout = TimeSpan.FromSeconds(0.3), Search = ["corp.example"],
                Hosts = new[] { "127.0.0.7" }.ToLookup(_ => "local", IPAddress.Parse),
            };
            var resolver = new NameResolver(() => how);
            var both = await resolver.ResolveAsync("both.example", Cancellation);
            Assert.Equal(["10.0.0.1", "fd00::1"], both.Addresses.Select(address => address.ToString()));
            Assert.Equal(TimeSpan.FromSeconds(20), both.Ttl);
            Assert.InRange(both.Nanoseconds, 1, 5_000_000_000);
            Assert.Equal("127.0.0.7", (await resolver.ResolveAsync("local", Cancellation)).Addresses[0].ToString());
            Assert.Equal("::1", (await resolver.ResolveAsync("::1", Cancellation)).Addresses[0].ToString());
            Assert.Equal(ProbeError.NameNotFound, (await resolver.ResolveAsync("none.example", Cancellation)).Error);
            Assert.Equal(ProbeError.NameServerFailure, (await resolver.ResolveAsync("broken.example", Cancellation)).Error);
            Assert.Equal(ProbeError.NameServerTimeout, (await resolver.ResolveAsync("silent.example", Cancellation)).Error);
            var four = new NameResolver(() => how) { Family = AddressFamily.InterNetwork };
            Assert.Equal(ProbeError.NameWithoutAddress, (await four.ResolveAsync("six.example", Cancellation)).Error);
        }
    }

    [Fact]
    public void Resolver_configuration_is_read_as_the_c_library_does()
    {
        var how = ResolverConfiguration.Parse(
            ["# comment", "nameserver 10.0.0.53", "nameserver nonsense", "nameserver fd00::53", "search a.example b.example", "options ndots:2 timeout:1 attempts:9 rotate"],
            ["127.0.0.1 localhost loopback # here", "::1 localhost", "rubbish"]);
        Assert.Equal(["10.0.0.53:53", "[fd00::53]:53"], how.Servers.Select(server => server.ToString()));
        Assert.Equal((2, TimeSpan.FromSeconds(1), 5), (how.Dots, how.Timeout, how.Attempts));
        Assert.Equal(2, how.Hosts["LOCALHOST"].Count());
        Assert.Equal("127.0.0.1:53", ResolverConfiguration.Parse([], []).Servers[0].ToString());
    }

    /// <summary>An answer to a query: its records all belong to the name asked for.</summary>
    [Fact]
    public async Task Service_is_found_with_the_names_of_its_hosts()
    {
        byte[] Srv(string label, ushort port) => [0, 1, 0, 5, (byte)(port >> 8), (byte)port, (byte)label.Length, .. Encoding.ASCII.GetBytes(label), 0];
        var (server, endpoint) = LocalServers.Udp(query => Encoding.ASCII.GetString(query).Contains("_pingmesh", StringComparison.Ordinal)
            ? Answer(query, 0, (33, 60, Srv("b", 58100)), (33, 60, Srv("a", 58100)), (33, 60, Srv("a", 58102)))
            : Encoding.ASCII.GetString(query).Contains("_empty", StringComparison.Ordinal) ? Answer(query, 0) : Answer(query, 3));
        using (server)
        {
            var resolver = new NameResolver(() => new ResolverConfiguration { Servers = [endpoint] });
            Assert.Equal(["a", "b"], (await resolver.FindServiceAsync("_pingmesh._tcp.x", Cancellation)).Hosts);
            Assert.Contains("names no hosts", (await resolver.FindServiceAsync("_empty._tcp.x", Cancellation)).Problem, StringComparison.Ordinal);
            Assert.Contains("does not exist", (await resolver.FindServiceAsync("_other._tcp.x", Cancellation)).Problem, StringComparison.Ordinal);
        }
    }

    private static byte[] Answer(byte[] query, int code, params (ushort Type, uint Ttl, byte[] Data)[] records)
    {
        var answer = query.ToList();
        answer[2] = 0x81;
        answer[3] = (byte)(0x80 | code);
        answer[7] = (byte)records.Length;
        Span<byte> head = stackalloc byte[12];
        foreach (var (type, ttl, data) in records)
        {
            BinaryPrimitives.WriteUInt16BigEndian(head, 0xC00C);
            BinaryPrimitives.WriteUInt16BigEndian(head[2..], type);
            BinaryPrimitives.WriteUInt16BigEndian(head[4..], 1);
            BinaryPrimitives.WriteUInt32BigEndian(head[6..], ttl);
            BinaryPrimitives.WriteUInt16BigEndian(head[10..], (ushort)data.Length);
            answer.AddRange(head);
            answer.AddRange(data);
        }

        return [.. answer];
    }
}
