using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Pingmesh.Agent;
using Pingmesh.Server.Api;

namespace Pingmesh.SystemTests.EndToEnd;

public sealed class TlsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pingmesh-tls-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Agents_are_known_by_their_certificates_and_the_servers_own_is_taken_up_when_it_is_renewed()
    {
        using var authority = new TestAuthority(folder, "authority");
        using var stranger = new TestAuthority(folder, "stranger");
        var (certificate, key) = authority.Sign("server", "server");
        var names = new List<string>();
        var trusting = new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero, SslOptions = ClientTls.Options(authority.Pem, null) };
        trusting.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
        {
            names.Add(((X509Certificate2)shown!).GetNameInfo(X509NameType.SimpleName, false));
            return errors == SslPolicyErrors.None;
        };
        await using var server = new ServerProcess(TestMesh.Topology(1, 1, 2, 1), "0.0.0.0", trusting);
        await server.StartAsync("--tls-cert", certificate, "--tls-key", key, "--client-ca", authority.Pem);

        var (own, ownKey) = authority.Sign("dc1-ps1-pod1-h1", "h1");
        using (var h1 = Client(server, own, ownKey, authority))
        {
            Assert.Equal(HttpStatusCode.OK, (await h1.GetAsync("/api/v1/pinglist/dc1-ps1-pod1-h1")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await h1.GetAsync("/api/v1/pinglist/dc1-ps1-pod2-h1")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await h1.GetAsync("/api/v1/heatmap")).StatusCode);
        }

        var (forged, forgedKey) = stranger.Sign("dc1-ps1-pod1-h1", "forged");
        using (var other = Client(server, forged, forgedKey, authority))
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => other.GetAsync("/api/v1/pinglist/dc1-ps1-pod1-h1"));
        using (var distrusting = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = ClientTls.Options(stranger.Pem, null) }) { BaseAddress = server.Url })
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => distrusting.GetAsync("/readyz"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.GetAsync("/api/v1/pinglist/dc1-ps1-pod1-h1")).StatusCode);

        using var agent = Process.Start(CommandRun.StartInfo(
            "agent", "--server", server.Url.ToString(), "--tls-ca", authority.Pem, "--tls-cert", own, "--tls-key", ownKey, "--host", "dc1-ps1-pod1-h1",
            "--address", "127.101.1.1", "--spool", Path.Combine(folder, "spool"), "--metrics-port", "0"))!;
        try
        {
            var admin = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(server.Folder, "data", "tokens.json"))).RootElement.GetProperty("admin").GetString();
            server.Http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", admin);
            await Eventually.IsTrueAsync(
                async () => (await server.GetAsync<IReadOnlyList<AgentResponse>>("/api/v1/agents")).Any(seen => seen.Host == "dc1-ps1-pod1-h1" && seen.Uploaded is not null),
                TimeSpan.FromSeconds(30), () => server.Log);
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync();
        }

        Assert.Equal("server", names[^1]);
        authority.Sign("renewed", "server");
        await Eventually.IsTrueAsync(
            async () => (await server.Http.GetAsync("/readyz")).IsSuccessStatusCode && names[^1] == "renewed", TimeSpan.FromSeconds(20), () => server.Log);
    }

    [Fact]
    public async Task Wrong_files_are_named()
    {
        var file = Path.Combine(folder, "nonsense");
        await File.WriteAllTextAsync(file, "nonsense");
        var wrong = await CommandRun.RunAsync("server", "--listen", $"127.0.0.1:{ServerProcess.FreePort()}", "--data", folder, "--tls-cert", file, "--tls-key", file);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains($"{file} and {file} cannot be used as certificate and key", wrong.Errors, StringComparison.Ordinal);
        var half = await CommandRun.RunAsync("server", "--data", folder, "--tls-cert", file);
        Assert.Equal(2, half.ExitCode);
        Assert.Contains("--tls-cert and --tls-key go together", half.Errors, StringComparison.Ordinal);
        var agent = await CommandRun.RunAsync("agent", "--server", "https://127.0.0.1:1", "--spool", folder, "--tls-ca", file, "--metrics-port", "0");
        Assert.Equal(1, agent.ExitCode);
        Assert.Contains(file, agent.Errors, StringComparison.Ordinal);
    }

    private static HttpClient Client(ServerProcess server, string certificate, string key, TestAuthority authority) =>
        new(new SocketsHttpHandler { UseProxy = false, SslOptions = ClientTls.Options(authority.Pem, (certificate, key)) }) { BaseAddress = server.Url };
}
