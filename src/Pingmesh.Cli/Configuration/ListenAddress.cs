using System.Net;
using System.Net.Sockets;

namespace Pingmesh.Cli.Configuration;

/// <summary>Reads where to listen: <c>ADDRESS:PORT</c>, <c>[IPV6]:PORT</c>, <c>*:PORT</c> for every address, or <c>localhost:PORT</c>.</summary>
internal static class ListenAddress
{
    public static (IReadOnlyList<IPEndPoint>? Value, string? Problem) Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), out var port) || port == 0)
            return (null, $"'{text}' is no ADDRESS:PORT with a port from 1 to 65535; write for example 127.0.0.1:9000 or *:9000");
        var host = text[..colon];
        IReadOnlyList<IPAddress>? addresses = host switch
        {
            // The IPv6 any-address takes IPv4 connections too, where the machine has IPv6.
            "*" => [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any],
            "localhost" => Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback],
            _ when IPAddress.TryParse(host.Trim('[', ']'), out var address) => [address],
            _ => null,
        };
        return addresses is null
            ? (null, $"'{host}' is no IP address; write for example 127.0.0.1:{port}, [::1]:{port} or *:{port}")
            : ([.. addresses.Select(address => new IPEndPoint(address, port))], null);
    }
}
