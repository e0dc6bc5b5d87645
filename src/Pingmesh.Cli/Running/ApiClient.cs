using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Core;

namespace Pingmesh.Cli.Running;

/// <summary>Asks a server's API on behalf of a command.</summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly Setting Server = new("server", "URL", $"The server; default http://127.0.0.1:{Ports.Server}.");
    private static readonly Setting Token = new("token", "TOKEN", "A token or API key, where the server asks for one.");

    private static readonly Setting Authority = new("tls_ca", "FILE", "PEM file of the authorities to trust for the server, instead of the system's.");

    private readonly HttpClient http;

    public ApiClient(Uri server, string? token, string? authority = null)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (authority is not null) handler.SslOptions = Agent.ClientTls.Options(authority, null);
        http = new HttpClient(handler)
        {
            BaseAddress = server, Timeout = TimeSpan.FromSeconds(30),
        };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Adds the flags that name the server.</summary>
    public static void AddFlags(Command command)
    {
        command.Add(Server.Option);
        command.Add(Token.Option);
        command.Add(Authority.Option);
    }

    /// <summary>The client that the flags ask for.</summary>
    public static ApiClient Create(ParseResult flags)
    {
        var source = new SettingSource(flags, Environment.GetEnvironmentVariable, null);
        var server = source.Read(Server, text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? (uri, null)
            : ((Uri?)null, $"'{text}' is no server address; write for example http://10.0.0.1:{Ports.Server}"));
        return new ApiClient(server ?? new Uri($"http://127.0.0.1:{Ports.Server}"), source.Text(Token), source.Text(Authority));
    }

    /// <summary>The answer to a GET, as it came and as an object.</summary>
    /// <exception cref="FailedException">There is no answer, or it is an error; says which.</exception>
    public async Task<(string Json, T Value)> GetAsync<T>(string path, CancellationToken cancel = default)
    {
        var body = await GetTextAsync(path, cancel);
        try
        {
            return (body, JsonOutput.Read<T>(body));
        }
        catch (JsonException)
        {
            throw new FailedException($"{http.BaseAddress} does not answer like a pingmesh server; --server names another");
        }
    }

    /// <summary>The answer to a GET, as it came.</summary>
    /// <exception cref="FailedException">There is no answer, or it is an error; says which.</exception>
    public async Task<string> GetTextAsync(string path, CancellationToken cancel = default)
    {
        try
        {
            using var response = await http.GetAsync(path, cancel);
            var body = await response.Content.ReadAsStringAsync(cancel);
            return response.IsSuccessStatusCode ? body : throw new FailedException($"{http.BaseAddress}: {Detail(body) ?? $"HTTP {(int)response.StatusCode}"}");
        }
        catch (HttpRequestException error)
        {
            throw Unreachable(error);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw NoAnswer();
        }
    }

    /// <summary>Sends a request that changes something.</summary>
    /// <exception cref="FailedException">There is no answer, or it is an error; says which.</exception>
    public async Task SendAsync(HttpMethod method, string path)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            if (!response.IsSuccessStatusCode) throw new FailedException($"{http.BaseAddress}: {Detail(body) ?? $"HTTP {(int)response.StatusCode}"}");
        }
        catch (HttpRequestException error)
        {
            throw Unreachable(error);
        }
        catch (OperationCanceledException)
        {
            throw NoAnswer();
        }
    }

    /// <summary>The answer to a POST of a JSON value, as an object.</summary>
    /// <exception cref="FailedException">There is no answer, or it is an error; says which.</exception>
    public async Task<TAnswer> PostAsync<TBody, TAnswer>(string path, TBody body, CancellationToken cancel = default)
    {
        try
        {
            using var content = new StringContent(JsonOutput.Text(body), Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(path, content, cancel);
            var text = await response.Content.ReadAsStringAsync(cancel);
            if (!response.IsSuccessStatusCode) throw new FailedException($"{http.BaseAddress}: {Detail(text) ?? $"HTTP {(int)response.StatusCode}"}");
            return JsonOutput.Read<TAnswer>(text);
        }
        catch (JsonException)
        {
            throw new FailedException($"{http.BaseAddress} does not answer like a pingmesh server; --server names another");
        }
        catch (HttpRequestException error)
        {
            throw Unreachable(error);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw NoAnswer();
        }
    }

    public void Dispose() => http.Dispose();

    private FailedException Unreachable(HttpRequestException error) =>
        new($"the server {http.BaseAddress} cannot be reached: {error.InnerException?.Message ?? error.Message}; is it running there? --server names another");

    private FailedException NoAnswer() => new($"the server {http.BaseAddress} did not answer within {http.Timeout.TotalSeconds:F0} s");

    private static string? Detail(string body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
