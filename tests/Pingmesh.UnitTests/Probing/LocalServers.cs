using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pingmesh.Probing;

namespace Pingmesh.UnitTests.Probing;

/// <summary>Small real peers on loopback for the platform probers.</summary>
internal static class LocalServers
{
    public static PlatformTarget Target(IPEndPoint endpoint, string? name = null, double timeoutSeconds = 5) => new()
    {
        Name = name ?? endpoint.Address.ToString(), Address = endpoint.Address, Port = endpoint.Port, Timeout = TimeSpan.FromSeconds(timeoutSeconds),
    };

    /// <summary>A TCP server that treats each client by itself.</summary>
    public static (TcpListener Listener, IPEndPoint Endpoint) Tcp(Func<Socket, Task> serve, string address = "127.64.1.1")
    {
        var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                Socket client;
                try
                {
                    client = await listener.AcceptSocketAsync();
                }
                catch (Exception error) when (error is SocketException or ObjectDisposedException)
                {
                    return;
                }

                _ = Task.Run(async () =>
                {
                    using (client)
                    {
                        try
                        {
                            await serve(client);
                        }
                        catch (Exception error) when (error is IOException or SocketException or System.Security.Authentication.AuthenticationException)
                        {
                            // The prober has gone away, as it does.
                        }
                    }
                });
            }
        });
        return (listener, (IPEndPoint)listener.LocalEndpoint);
    }

    /// <summary>A UDP server that answers each datagram by what a function makes of it; null for no answer.</summary>
    public static (UdpClient Server, IPEndPoint Endpoint) Udp(Func<byte[], byte[]?> answer, string address = "127.64.1.1")
    {
        var server = new UdpClient(new IPEndPoint(IPAddress.Parse(address), 0));
        _ = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    var request = await server.ReceiveAsync();
                    if (answer(request.Buffer) is { } bytes) await server.SendAsync(bytes, request.RemoteEndPoint);
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // Disposed by the test.
            }
        });
        return (server, (IPEndPoint)server.Client.LocalEndPoint!);
    }

    /// <summary>A self-signed certificate for a name.</summary>
    public static X509Certificate2 Certificate(string name, int daysLeft)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var end = DateTimeOffset.UtcNow.AddDays(daysLeft);
        using var certificate = request.CreateSelfSigned(end.AddDays(-400), end);
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
