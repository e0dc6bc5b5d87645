using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Streams;
using Pingmesh.Probing.Tls;

namespace Pingmesh.Probing.Http;

/// <summary>
/// Probes by an HTTP request on a new connection. Phases: <c>connect</c>, <c>tls</c>, <c>first-byte</c> (from the request to the
/// answer's head), <c>transfer</c>. RTT: all of them.
/// </summary>
/// <remarks>
/// Errors: those of connecting and of TLS; <c>answer-timeout</c>, <c>closed</c>, <c>bad-answer</c>; <c>bad-status</c> and <c>bad-content</c> by the
/// checks. Facts: <c>status</c>, <c>version</c>, <c>bytes</c>, and those of TLS.
/// </remarks>
public sealed class HttpProber : IPlatformProber
{
    /// <summary>Bytes of a body that are looked at; the rest is read and counted, up to <see cref="MaxBodyBytes"/>.</summary>
    public const int BodyBytesLookedAt = 1 << 20;

    /// <summary>Most bytes of a body that are read.</summary>
    public const int MaxBodyBytes = 16 << 20;

    private static readonly TimeSpan MatchTime = TimeSpan.FromMilliseconds(200);

    private readonly HttpCheck check;
    private readonly CertificateCheck? certificates;
    private readonly bool http2;
    private readonly IReadOnlyList<(int From, int To)> statuses;
    private readonly Regex? body;
    private readonly IReadOnlyList<KeyValuePair<string, Regex>> headers;

    /// <summary>A prober for a check.</summary>
    /// <exception cref="FormatException">The check is impossible; says which field.</exception>
    public HttpProber(HttpCheck? check, TlsCheck? tls)
    {
        this.check = check ?? new HttpCheck();
        certificates = this.check.Https ? new CertificateCheck(tls) : null;
        http2 = this.check.Version switch
        {
            "1.1" => false,
            "2" => true,
            var other => throw new FormatException($"http.version: '{other}' is none of 1.1, 2"),
        };
        if (!this.check.Path.StartsWith('/')) throw new FormatException($"http.path: '{this.check.Path}' does not begin with a slash");
        if (this.check.Method.Length == 0 || !this.check.Method.All(letter => char.IsAsciiLetter(letter) || letter == '-'))
            throw new FormatException($"http.method: '{this.check.Method}' is no method");
        statuses = this.check.Status.Count == 0 ? [(200, 399)] : [.. this.check.Status.Select(ReadStatus)];
        body = this.check.BodyMatches is { } pattern ? Compile(pattern, "http.body_matches") : null;
        headers = [.. this.check.HeaderMatches.Select(entry => new KeyValuePair<string, Regex>(entry.Key, Compile(entry.Value, "http.header_matches")))];
        using var trial = Request(new PlatformTarget { Name = "x", Address = IPAddress.Loopback, Port = 1, Timeout = MatchTime });
    }

    /// <inheritdoc/>
    public ProbeKind Kind => ProbeKind.Http;

    /// <inheritdoc/>
    public Task<ProbeReport> ProbeAsync(PlatformTarget target, CancellationToken cancel) =>
        PlatformProbe.RunAsync(target, (probe, limit) => AskAsync(probe, target, limit), cancel);

    private static (int From, int To) ReadStatus(string text)
    {
        var parts = text.Split('-');
        if (parts.Length <= 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var to) && from is >= 100 && to is <= 599 && from <= to) return (from, to);
        throw new FormatException($"http.status: '{text}' is no status; write for example 200 or 200-299");
    }

    private static Regex Compile(string pattern, string field)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchTime);
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"{field}: '{pattern}' is no regular expression: {error.Message}", error);
        }
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new ProbeException(ProbeError.BadContent, $"'{pattern}' took longer than {MatchTime.TotalMilliseconds} ms to match");
        }
    }

    private HttpRequestMessage Request(PlatformTarget target)
    {
        var request = new HttpRequestMessage(new HttpMethod(check.Method), ProbeHttp.UrlOf(target, check.Path))
        {
            Version = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (check.Body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(check.Body));
        try
        {
            request.Headers.UserAgent.ParseAdd("pingmesh");
            foreach (var (name, value) in check.Headers)
            {
                if (value.AsSpan().IndexOfAny('\r', '\n') >= 0) throw new FormatException($"http.headers: the value of '{name}' holds a line break");
                if (name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase)) request.Headers.UserAgent.Clear();
                if (request.Headers.TryAddWithoutValidation(name, value)) continue;
                request.Content ??= new ByteArrayContent([]);
                if (!request.Content.Headers.TryAddWithoutValidation(name, value)) throw new FormatException($"http.headers: '{name}' is no header");
            }

            // The platform writes the port of its own scheme; the target's scheme may be another.
            var defaultPort = certificates is null ? 80 : 443;
            request.Headers.Host ??= target.Port == defaultPort ? request.RequestUri!.Host : request.RequestUri!.Authority;
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    private async Task AskAsync(PlatformProbe probe, PlatformTarget target, CancellationToken cancel)
    {
        using var client = ProbeHttp.Open(probe, target, certificates, http2);
        using var request = Request(target);
        using var response = await client.SendAsync(request, cancel).ConfigureAwait(false);
        probe.EndPhase("first-byte");
        var status = (int)response.StatusCode;
        probe.Fact("status", status);
        probe.Fact("version", response.Version.ToString());
        var content = await ReadBodyAsync(probe, response, cancel).ConfigureAwait(false);
        probe.EndPhase("transfer");
        probe.RttNanoseconds = probe.Total();
        Judge(status, content, response);
    }

    private void Judge(int status, string? content, HttpResponseMessage response)
    {
        if (!statuses.Any(range => status >= range.From && status <= range.To))
            throw new ProbeException(ProbeError.BadStatus, $"the status is {status}, not {string.Join(", ", statuses.Select(range => $"{range.From}-{range.To}"))}");
        foreach (var (name, pattern) in headers)
        {
            var values = response.Headers.TryGetValues(name, out var found) || response.Content.Headers.TryGetValues(name, out found) ? found : [];
            if (!values.Any(value => Matches(pattern, value))) throw new ProbeException(ProbeError.BadContent, $"header {name} does not match '{pattern}'");
        }

        if (body is not null && !Matches(body, content!)) throw new ProbeException(ProbeError.BadContent, $"the body does not match '{body}'");
    }

    /// <summary>Reads the body to its end; gives the part that is looked at, where it is looked at.</summary>
    private async Task<string?> ReadBodyAsync(PlatformProbe probe, HttpResponseMessage response, CancellationToken cancel)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var kept = body is null ? null : new MemoryStream();
            var buffer = new byte[16 * 1024];
            long bytes = 0;
            int read;
            while ((read = await stream.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
            {
                bytes += read;
                if (bytes > MaxBodyBytes) throw new ProbeException(ProbeError.BadContent, $"the body is longer than {MaxBodyBytes} bytes");
                kept?.Write(buffer, 0, (int)Math.Clamp(BodyBytesLookedAt - kept.Length, 0, read));
            }

            probe.Fact("bytes", bytes);
            return kept is null ? null : Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
        }
    }
}
