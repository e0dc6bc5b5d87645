using System.Net;
using System.Net.Sockets;
using Pingmesh.Probing.Responders;

namespace Pingmesh.UnitTests.Probing;

public sealed class TcpResponderTests
{
    [Fact]
    public void Port_can_be_listened_at_again_at_once()
    {
        var endpoint = new IPEndPoint(IPAddress.Loopback, 0);
        for (var i = 0; i < 3; i++)
        {
            using var responder = new TcpResponder(endpoint);
            endpoint = responder.Endpoint;
            using var client = new TcpClient();
            client.Connect(endpoint);
        }
    }

    [Fact]
    public void Taken_port_is_told_with_the_remedy()
    {
        using var first = new TcpResponder(new IPEndPoint(IPAddress.Loopback, 0));
        var error = Assert.Throws<IOException>(() => new TcpResponder(first.Endpoint));
        Assert.Contains($"{first.Endpoint}", error.Message, StringComparison.Ordinal);
        Assert.Contains("--responder-port", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_address_is_told_with_the_remedy()
    {
        var error = Assert.Throws<IOException>(() => new TcpResponder(new IPEndPoint(IPAddress.Parse("192.0.2.77"), 0)));
        Assert.Contains("no address of this machine", error.Message, StringComparison.Ordinal);
    }
}
