using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Pingmesh.Controller.Sources.Kubernetes;

/// <summary>
/// Keeps the objects of one collection in step with the API server: lists them, page by page, then watches from the list's version
/// on. A watch that ends is taken up where it ended; one that is told its version is too old (410 Gone) begins with a new list.
/// While the server cannot be had the objects stay as they were. (Kubernetes API concepts, "Efficient detection of changes".)
/// </summary>
/// <typeparam name="T">What is kept of an object.</typeparam>
internal sealed partial class KubernetesWatch<T>
    where T : class
{
    private const int PageSize = 500;
    private const int WatchSeconds = 300;

    private static readonly TimeSpan ListTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly KubernetesApi api;
    private readonly string path;
    private readonly string selector;
    private readonly Func<JsonElement, T?> read;
    private readonly Action changed;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private Dictionary<string, T> objects = [];

    /// <summary>A watch of a collection; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="api">The API server.</param>
    /// <param name="path">The collection, such as <c>/api/v1/nodes</c>.</param>
    /// <param name="labelSelector">Which objects; empty for all.</param>
    /// <param name="read">What is kept of an object; null for nothing.</param>
    /// <param name="changed">Called after objects have changed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public KubernetesWatch(KubernetesApi api, string path, string labelSelector, Func<JsonElement, T?> read, Action changed, TimeProvider time, ILogger logger)
    {
        this.api = api;
        this.path = path;
        selector = labelSelector.Length == 0 ? "" : $"&labelSelector={Uri.EscapeDataString(labelSelector)}";
        this.read = read;
        this.changed = changed;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Whether the objects were listed at least once.</summary>
    public bool IsListed { get; private set; }

    /// <summary>The objects now, in no particular order.</summary>
    public IReadOnlyList<T> Objects
    {
        get
        {
            lock (gate) return [.. objects.Values];
        }
    }

    /// <summary>Lists and watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        string? version = null;
        var wait = FirstWait;
        string? problem = null;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                version ??= await ListAsync(cancel).ConfigureAwait(false);
                if (problem is not null) LogRecovered(path);
                (problem, wait) = (null, FirstWait);
                var begun = time.GetTimestamp();
                version = await WatchAsync(version, cancel).ConfigureAwait(false);

                // A server that ends watches at once is not to be asked without a pause.
                var pause = FirstWait - time.GetElapsedTime(begun);
                if (pause > TimeSpan.Zero) await Task.Delay(pause, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is HttpRequestException or IOException or JsonException or SourceException or OperationCanceledException)
            {
                if (problem != error.Message) LogFailed(path, error.Message);
                problem = error.Message;
                await Task.Delay(wait, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            }
        }
    }

    /// <returns>The version of the list.</returns>
    private async Task<string> ListAsync(CancellationToken cancel)
    {
        var listed = new Dictionary<string, T>(StringComparer.Ordinal);
        var next = "";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ListTime);
        while (true)
        {
            using var answer = await api.GetAsync($"{path}?limit={PageSize}{selector}{next}", limit.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode) throw new SourceException($"HTTP {(int)answer.StatusCode} for {path}");
            using var page = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false));
            if (Member(page.RootElement, "items") is not { ValueKind: JsonValueKind.Array } items) throw new SourceException($"'items' of {path} is no list");
            foreach (var item in items.EnumerateArray()) Put(listed, item);
            var metadata = Member(page.RootElement, "metadata");
            if (metadata.TryGetProperty("continue", out var token) && token.GetString() is { Length: > 0 } more)
            {
                next = $"&continue={Uri.EscapeDataString(more)}";
                continue;
            }

            lock (gate) objects = listed;
            IsListed = true;
            changed();
            return Text(metadata, "resourceVersion");
        }
    }

    /// <returns>The version to go on from; null when it must begin with a new list.</returns>
    private async Task<string?> WatchAsync(string version, CancellationToken cancel)
    {
        using var answer = await api.GetAsync(
            $"{path}?watch=1&allowWatchBookmarks=true&timeoutSeconds={WatchSeconds}&resourceVersion={Uri.EscapeDataString(version)}{selector}", cancel).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.Gone) return null;
        if (!answer.IsSuccessStatusCode) throw new SourceException($"HTTP {(int)answer.StatusCode} for a watch of {path}");

        // A server that goes without a word is noticed when the watch should have ended.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(WatchSeconds + 30));
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false));
        try
        {
            while (await lines.ReadLineAsync(limit.Token).ConfigureAwait(false) is { } line)
            {
                if (line.Length == 0) continue;
                using var happened = JsonDocument.Parse(line);
                var (type, what) = (Text(happened.RootElement, "type"), Member(happened.RootElement, "object"));
                if (type == "ERROR")
                {
                    if (what.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Number && code.GetInt32() == (int)HttpStatusCode.Gone) return null;
                    throw new SourceException($"the watch of {path} failed: {(what.TryGetProperty("message", out var message) ? message.GetString() : "no reason given")}");
                }

                version = Text(Member(what, "metadata"), "resourceVersion");
                if (type != "BOOKMARK") Apply(type, what);
            }
        }
        catch (IOException)
        {
            // The connection broke in the middle: what came is as good as ever.
        }

        return version;
    }

    private void Apply(string type, JsonElement what)
    {
        lock (gate)
        {
            if (type == "DELETED") objects.Remove(KeyOf(what));
            else Put(objects, what);
        }

        changed();
    }

    private void Put(Dictionary<string, T> to, JsonElement item)
    {
        if (read(item) is { } kept) to[KeyOf(item)] = kept;
        else to.Remove(KeyOf(item));
    }

    private static string KeyOf(JsonElement item)
    {
        var metadata = Member(item, "metadata");
        return metadata.TryGetProperty("namespace", out var space) ? $"{space.GetString()}/{Text(metadata, "name")}" : Text(metadata, "name");
    }

    private static JsonElement Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : throw new SourceException($"the API server's answer has no '{name}'");

    private static string Text(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.String } member ? member.GetString()! : throw new SourceException($"'{name}' of the API server's answer is no text");

    [LoggerMessage(Level = LogLevel.Error, Message = "the Kubernetes API cannot be used for {Path}, the hosts stay as they were: {Problem}")]
    private partial void LogFailed(string path, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "the Kubernetes API can be used again for {Path}")]
    private partial void LogRecovered(string path);
}
