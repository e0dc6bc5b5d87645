using System.Net;
using System.Net.Sockets;
using System.Text;
using Pingmesh.Probing.Responders;
using Pingmesh.Probing.Udp;

namespace Pingmesh.UnitTests.Probing;

public sealed class ResponderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Http_is_answered_whole_and_in_pieces_and_head_without_a_body()
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse("127.63.1.1"), 0));
        using var http = new HttpClient();
        Assert.Equal("pingmesh responder\n", await http.GetStringAsync($"http://{responder.Endpoint}/any", Cancellation));
        using var client = await ConnectAsync(responder);
        foreach (var piece in new[] { "HE", "AD / HTTP/1.1\r\n", "Host: x\r\n\r\n" }) await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(piece), Cancellation);
        var stream = client.GetStream();
        client.Client.Shutdown(SocketShutdown.Send);
        var answer = await new StreamReader(stream).ReadToEndAsync(Cancellation);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
        ComesTo(2, () => responder.Tcp.HttpAnswers);
    }

    [Fact]
    public async Task Bytes_are_echoed_up_to_the_limit_and_no_further()
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse("127.63.1.2"), 0));
        using var client = await ConnectAsync(responder);
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        var sending = client.GetStream().WriteAsync(bytes, Cancellation);
        var echo = new byte[65_536];
        await client.GetStream().ReadExactlyAsync(echo, Cancellation);
        await sending;
        Assert.Equal(bytes[..65_536], echo);
        var stream = client.GetStream();
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stream.ReadAsync(echo, Cancellation));
        ComesTo(65_536, () => responder.Tcp.EchoedBytes);
    }

    [Fact]
    public async Task Client_that_sends_without_end_is_reset()
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse("127.63.1.7"), 0));
        using var client = await ConnectAsync(responder);
        var stream = client.GetStream();
        _ = Task.Run(() => stream.CopyToAsync(Stream.Null, Cancellation), Cancellation);
        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (var i = 0; i < 10_000; i++) await stream.WriteAsync(new byte[10_000], Cancellation);
        });
        Assert.IsType<SocketException>(error.InnerException);
    }

    [Fact]
    public async Task Garbage_half_open_and_unread_connections_do_not_stop_the_others()
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse("127.63.1.3"), 0));
        var clients = new List<TcpClient>();
        var random = new Random(2);
        for (var i = 0; i < 60; i++)
        {
            var client = await ConnectAsync(responder);
            clients.Add(client);
            var garbage = new byte[random.Next(1, 20_000)];
            random.NextBytes(garbage);
            if (i % 3 > 0) await client.GetStream().WriteAsync(garbage, Cancellation);
            if (i % 3 == 2) client.Client.Shutdown(SocketShutdown.Send);
        }

        using var good = await ConnectAsync(responder);
        await good.GetStream().WriteAsync("hello"u8.ToArray(), Cancellation);
        var echo = new byte[5];
        await good.GetStream().ReadExactlyAsync(echo, Cancellation);
        Assert.Equal("hello"u8.ToArray(), echo);
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task One_source_cannot_take_all_connections()
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse("127.63.1.4"), 0));
        var greedy = new List<TcpClient>();
        for (var i = 0; i < 100; i++)
        {
            var client = await ConnectAsync(responder, "127.63.9.1");
            await client.GetStream().WriteAsync("x"u8.ToArray(), Cancellation);
            greedy.Add(client);
        }

        ComesTo(100 - DataConnections.MaxPerSource, () => responder.Tcp.Refused);
        using var other = await ConnectAsync(responder, "127.63.9.2");
        await other.GetStream().WriteAsync("y"u8.ToArray(), Cancellation);
        Assert.Equal('y', other.GetStream().ReadByte());
        foreach (var client in greedy) client.Dispose();
    }

    [Fact]
    public async Task Datagrams_that_are_no_requests_are_ignored_and_answers_are_never_answered()
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse("127.63.1.5"), 0));
        using var client = new UdpClient(new IPEndPoint(IPAddress.Parse("127.63.9.3"), 0));
        var request = new byte[200];
        EchoPacket.WriteRequest(request, 5, 6);
        var answer = request.ToArray();
        EchoPacket.TurnIntoAnswer(answer, 1, 2);
        foreach (var packet in new[] { "junk"u8.ToArray(), [], answer, request[..(EchoPacket.HeaderBytes - 1)], request })
            await client.SendAsync(packet, responder.Endpoint, Cancellation);
        var received = await client.ReceiveAsync(Cancellation);
        Assert.Equal(request.Length, received.Buffer.Length);
        Assert.Equal(responder.Endpoint, received.RemoteEndPoint);
        Assert.True(EchoPacket.TryReadAnswer(received.Buffer, out var token, out var sequence, out var arrived, out var sent));
        Assert.Equal((5UL, 6UL), (token, sequence));
        Assert.InRange(sent - arrived, 0, 1_000_000_000);
        ComesTo(1, () => responder.Udp.Answered);
        ComesTo(4, () => responder.Udp.Ignored);
    }

    [Fact]
    public void Source_is_answered_at_a_limited_rate_only()
    {
        var limiter = new SourceLimiter(100, 10_000);
        var now = 1_000_000_000_000L;
        Assert.Equal(100, Enumerable.Range(0, 500).Count(_ => limiter.Allows(1, 10, now)));
        Assert.True(limiter.Allows(2, 10, now));
        Assert.Equal(50, Enumerable.Range(0, 500).Count(_ => limiter.Allows(1, 10, now + 500_000_000)));
        Assert.Equal(10, Enumerable.Range(0, 500).Count(_ => limiter.Allows(3, 1_000, now)));
    }

    // A client may see the answer before the responder has counted it.
    private static void ComesTo(long wanted, Func<long> counter)
    {
        SpinWait.SpinUntil(() => counter() == wanted, TimeSpan.FromSeconds(10));
        Assert.Equal(wanted, counter());
    }

    private static async Task<TcpClient> ConnectAsync(Responder responder, string source = "127.63.9.9")
    {
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(source), 0));
        await client.ConnectAsync(responder.Endpoint, Cancellation);
        return client;
    }
}
