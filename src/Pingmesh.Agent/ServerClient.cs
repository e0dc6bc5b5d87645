using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Pingmesh.Agent.PinglistSync;
using Pingmesh.Agent.Upload;
using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Pinglists;

namespace Pingmesh.Agent;

/// <summary>The requests an agent makes: its pinglist, uploads, and tests that are ordered. Network trouble comes back as a result, not as an exception.</summary>
public sealed partial class ServerClient : IDisposable
{
    private const int MaxPinglistBytes = 4 << 20;

    private readonly HttpClient http;
    private readonly string host;
    private readonly string? token;
    private readonly string credentialPath;
    private readonly SemaphoreSlim enrolling = new(1);
    private volatile CredentialFile? credential;
    private string? mesh;
    private readonly string labels;
    private readonly string addresses;

    /// <summary>Speaks for <see cref="AgentSettings.Host"/> with <see cref="AgentSettings.Server"/>.</summary>
    public ServerClient(AgentSettings settings)
        : this(settings, TimeSpan.FromSeconds(10))
    {
    }

    internal ServerClient(AgentSettings settings, TimeSpan timeout)
    {
        host = settings.Host;
        labels = AgentIdentity.Write(settings.Labels);
        addresses = string.Join(',', settings.Addresses);
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        if (settings.TlsAuthority is not null || settings.TlsCertificate is not null)
            handler.SslOptions = ClientTls.Options(settings.TlsAuthority, settings is { TlsCertificate: { } certificate, TlsKey: { } key } ? (certificate, key) : null);
        http = new HttpClient(handler)
        {
            BaseAddress = settings.Server,
            Timeout = timeout,
            MaxResponseContentBufferSize = MaxPinglistBytes,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("pingmesh-agent", settings.Version is "" ? null : settings.Version));
        token = settings.Token;
        credentialPath = Path.Combine(settings.SpoolFolder, "credential");
        if (token is not null) credential = CredentialFile.Read(credentialPath);
    }

    /// <summary>Asks for the pinglist, unless it is still the one with that ETag.</summary>
    public async Task<PinglistFetch> FetchPinglistAsync(string? etag, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/pinglist/{Uri.EscapeDataString(host)}");
            if (etag is not null)
            {
                request.Headers.TryAddWithoutValidation("If-None-Match", etag);
                if (mesh is not null) request.Headers.TryAddWithoutValidation(AgentIdentity.MeshHeader, mesh);
            }

            request.Headers.TryAddWithoutValidation(AgentIdentity.LabelsHeader, labels);
            if (addresses.Length > 0) request.Headers.TryAddWithoutValidation(AgentIdentity.AddressesHeader, addresses);
            using var response = await SendAsync(request, cancel).ConfigureAwait(false);
            mesh = response.Headers.TryGetValues(AgentIdentity.MeshHeader, out var stamps) ? stamps.First() : null;
            switch (response.StatusCode)
            {
                case HttpStatusCode.NotModified:
                    return new PinglistFetch(PinglistFetchKind.NotModified);
                case HttpStatusCode.OK:
                    var bytes = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
                    return new PinglistFetch(PinglistFetchKind.Changed, PinglistJson.Read(bytes), response.Headers.ETag?.ToString());
                case HttpStatusCode.NotFound when IsProblem(response):
                    // Only the controller's own "no such host" counts as "no pinglist": a stray 404 of something else at
                    // that address is a failed contact.
                    return new PinglistFetch(PinglistFetchKind.None, Problem: $"the controller has no pinglist for host '{host}'");
                default:
                    return new PinglistFetch(PinglistFetchKind.Failed, Problem: await DescribeAsync(response, cancel).ConfigureAwait(false));
            }
        }
        catch (Exception error) when (IsTrouble(error, cancel))
        {
            return new PinglistFetch(PinglistFetchKind.Failed, Problem: Describe(error));
        }
    }

    /// <summary>Uploads one gzipped batch.</summary>
    public async Task<UploadResult> UploadAsync(ReadOnlyMemory<byte> gzippedBatch, CancellationToken cancel)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(gzippedBatch);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            content.Headers.ContentEncoding.Add("gzip");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/measurements") { Content = content };
            request.Headers.TryAddWithoutValidation(AgentIdentity.SentHeader, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
            using var response = await SendAsync(request, cancel).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return new UploadResult(UploadResultKind.Accepted);
            var problem = await DescribeAsync(response, cancel).ConfigureAwait(false);
            return response.StatusCode switch
            {
                HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity =>
                    new UploadResult(UploadResultKind.Refused, problem),
                _ => new UploadResult(UploadResultKind.Failed, problem, WaitOf(response)),
            };
        }
        catch (Exception error) when (IsTrouble(error, cancel))
        {
            return new UploadResult(UploadResultKind.Failed, Describe(error));
        }
    }

    /// <summary>Gzips a serialized batch for <see cref="UploadAsync"/>.</summary>
    public static byte[] Gzip(ReadOnlySpan<byte> batch)
    {
        using var output = new MemoryStream(batch.Length / 2);
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal)) gzip.Write(batch);
        return output.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        http.Dispose();
        enrolling.Dispose();
    }

    // With a token the agent is somebody: it exchanges the token for a credential of its own, and shows that one.
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        if (token is null) return Noted(await http.SendAsync(request, cancel).ConfigureAwait(false));
        if (credential is null || credential.RenewAt <= DateTimeOffset.UtcNow)
        {
            var problem = await EnrolAsync(cancel).ConfigureAwait(false);
            if (problem is not null && credential is null) throw new HttpRequestException($"the server does not enrol this agent: {problem}");
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential?.Text);
        var response = await http.SendAsync(request, cancel).ConfigureAwait(false);

        // Expired, or signed by a server that is no more: the next request asks for a new one.
        if (response.StatusCode == HttpStatusCode.Unauthorized) credential = null;
        return Noted(response);
    }

    private HttpResponseMessage Noted(HttpResponseMessage response)
    {
        if (response.Headers.Contains(OrderSignal.Header)) OrdersWait?.Invoke();
        return response;
    }

    /// <returns>Null, or why the server refused.</returns>
    private async Task<string?> EnrolAsync(CancellationToken cancel)
    {
        await enrolling.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (credential?.RenewAt > DateTimeOffset.UtcNow) return null;
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/enrol/{Uri.EscapeDataString(host)}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await http.SendAsync(request, cancel).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode) return await DescribeAsync(answer, cancel).ConfigureAwait(false);
            credential = Parse(await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false));
            credential.Write(credentialPath);
            return null;
        }
        finally
        {
            enrolling.Release();
        }
    }

    private static CredentialFile Parse(byte[] json)
    {
        try
        {
            using var answer = JsonDocument.Parse(json);
            var (text, expires) = (answer.RootElement.GetProperty("credential").GetString(), answer.RootElement.GetProperty("expires").GetDateTimeOffset());
            var now = DateTimeOffset.UtcNow;
            return new CredentialFile(text ?? throw new FormatException("the server's credential is null"), now + ((expires - now) / 2));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"the server's answer holds no credential: {error.Message}", error);
        }
    }

    private static bool IsTrouble(Exception error, CancellationToken cancel) =>
        error is HttpRequestException or FormatException or IOException or InvalidDataException
        || (error is OperationCanceledException && !cancel.IsCancellationRequested);

    private string Describe(Exception error) => error switch
    {
        OperationCanceledException => string.Create(CultureInfo.InvariantCulture, $"no answer within {http.Timeout.TotalSeconds} s"),
        HttpRequestException { InnerException: { } inner } => $"{error.Message}: {inner.Message}",
        _ => error.Message,
    };

    private static bool IsProblem(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType == "application/problem+json";

    // RFC 9110, 10.2.3: seconds, or a date, which counts from the server's own.
    private static TimeSpan? WaitOf(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is not { } after) return null;
        var wait = after.Delta ?? after.Date - (response.Headers.Date ?? DateTimeOffset.UtcNow);
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static async Task<string> DescribeAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var status = $"HTTP {(int)response.StatusCode}";
        if (!IsProblem(response)) return status;
        var bytes = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        try
        {
            using var problem = JsonDocument.Parse(bytes);
            return problem.RootElement.TryGetProperty("detail", out var detail) ? $"{status}: {detail.GetString()}" : status;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, no object, or a detail that is no text.
            return status;
        }
    }
}
