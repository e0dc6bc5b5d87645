using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Pingmesh.Controller.Sources.Kubernetes;

/// <summary>
/// A Kubernetes API server, and how to speak to it: inside a cluster by the credentials of the pod's service account, which are
/// read anew for each request, since the cluster renews them.
/// </summary>
public sealed class KubernetesApi : IDisposable
{
    private const string Account = "/var/run/secrets/kubernetes.io/serviceaccount";

    private readonly HttpClient http;
    private readonly string? tokenFile;

    /// <summary>An API server at an address.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="tokenFile">File of the bearer token; null for none.</param>
    /// <param name="authority">PEM file of its authority; null for the system's.</param>
    /// <exception cref="IOException">The authority cannot be read.</exception>
    public KubernetesApi(Uri server, string? tokenFile, string? authority)
    {
        this.tokenFile = tokenFile;
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
        if (authority is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        }

        http = new HttpClient(handler) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The API server of the cluster that this process runs in.</summary>
    /// <exception cref="IOException">This is no pod, or it has no service account; says what helps.</exception>
    public static KubernetesApi InCluster()
    {
        var (host, port) = (Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"), Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"));
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists($"{Account}/token"))
            throw new IOException("this process runs in no Kubernetes pod with a service account; give the API server's address instead of 'in-cluster'");
        return new KubernetesApi(new Uri($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}"), $"{Account}/token", $"{Account}/ca.crt");
    }

    /// <summary>Sends a GET and returns once the head of the answer is there.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancel)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (tokenFile is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(tokenFile).Trim());
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
