using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Pingmesh.Probing.Libc;
using Pingmesh.Probing.Streams;

namespace Pingmesh.Probing.Dns;

/// <summary>Asks one name server one question, each time from a new port and with a new number, so that answers cannot be forged blindly.</summary>
internal static class DnsExchange
{
    private const int MaxUdpBytes = 4_096;

    /// <summary>A query with a number of chance.</summary>
    public static byte[] NewQuery(string name, ushort type) => DnsMessage.Query((ushort)Entropy.Next(), name, type);

    /// <summary>Asks over UDP. Datagrams that do not answer the query are passed over.</summary>
    /// <exception cref="SocketException">The server's host or the network refused.</exception>
    public static async Task<DnsAnswer> AskOverUdpAsync(Socket socket, byte[] query, CancellationToken cancel)
    {
        await socket.SendAsync(query, cancel).ConfigureAwait(false);
        var buffer = new byte[MaxUdpBytes];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancel).ConfigureAwait(false);
            if (length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(buffer) != BinaryPrimitives.ReadUInt16BigEndian(query)) continue;
            return DnsMessage.Read(buffer.AsSpan(0, length), query);
        }
    }

    /// <summary>Asks over TCP, where every message has its length before it.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    public static async Task<DnsAnswer> AskOverTcpAsync(Socket connected, byte[] query, CancellationToken cancel)
    {
        var stream = new NetworkStream(connected, ownsSocket: false);
        await using (stream.ConfigureAwait(false))
        {
            var framed = new byte[query.Length + 2];
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
            query.CopyTo(framed, 2);
            await stream.WriteAsync(framed, cancel).ConfigureAwait(false);
            var head = new byte[2];
            await stream.ReadExactlyAsync(head, cancel).ConfigureAwait(false);
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
            await stream.ReadExactlyAsync(message, cancel).ConfigureAwait(false);
            return DnsMessage.Read(message, query);
        }
    }

    /// <summary>Asks over UDP, and over TCP where the answer was cut off.</summary>
    public static async Task<DnsAnswer> AskAsync(IPEndPoint server, byte[] query, CancellationToken cancel)
    {
        using var udp = await ProbeSockets.ConnectAsync(new SocketRequest(server, SocketType.Dgram), cancel).ConfigureAwait(false);
        var answer = await AskOverUdpAsync(udp, query, cancel).ConfigureAwait(false);
        if (!answer.IsTruncated) return answer;
        using var tcp = await ProbeSockets.ConnectAsync(new SocketRequest(server, SocketType.Stream), cancel).ConfigureAwait(false);
        return await AskOverTcpAsync(tcp, query, cancel).ConfigureAwait(false);
    }
}
