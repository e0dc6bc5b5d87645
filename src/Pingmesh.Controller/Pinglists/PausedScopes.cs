using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Sources;

namespace Pingmesh.Controller.Pinglists;

/// <summary>
/// Scopes that an operator has paused: no probe leaves or enters them (paper, section 3.4.2: removing the pinglists stops
/// Pingmesh). Kept in a file, which copies of a controller can share; changes by another copy are seen within seconds. Thread-safe.
/// </summary>
public sealed partial class PausedScopes : IDisposable
{
    private readonly string path;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private readonly Lock changing = new();
    private string problem = "";
    private byte[] seen;
    private volatile IReadOnlyList<PausedScope> pauses;
    private volatile IReadOnlyList<ScopePattern> scopes;

    /// <summary>Reads the pauses, and begins to look for changes.</summary>
    /// <param name="path">The file; it need not be there.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="IOException">The file cannot be read, or holds something else.</exception>
    public PausedScopes(string path, TimeProvider time, ILogger logger)
    {
        this.path = path;
        this.time = time;
        this.logger = logger;
        (seen, pauses, scopes) = Load();
        foreach (var pause in pauses) LogPaused(pause.Scope, pause.By, pause.Reason);
        timer = time.CreateTimer(_ => LookAgain(), null, FollowedFile.DefaultPollInterval, FollowedFile.DefaultPollInterval);
    }

    /// <summary>The pauses, the oldest first.</summary>
    public IReadOnlyList<PausedScope> Pauses => pauses;

    /// <summary>Their scopes; the same object as long as nothing changes.</summary>
    public IReadOnlyList<ScopePattern> Scopes => scopes;

    /// <summary>Pauses a scope; when it is paused already, only the reason changes.</summary>
    /// <exception cref="IOException">It cannot be kept, and is not in force.</exception>
    public void Pause(ScopePattern scope, string by, string reason)
    {
        Change(all => [.. all.Where(pause => pause.Scope != scope.Text), new PausedScope(scope.Text, time.GetUtcNow(), by, reason)]);
        LogPaused(scope.Text, by, reason);
    }

    /// <summary>Resumes a scope. False: it was not paused under that very name.</summary>
    /// <exception cref="IOException">It cannot be kept, and the pause stays in force.</exception>
    public bool Resume(ScopePattern scope, string by)
    {
        var before = pauses.Count;
        Change(all => [.. all.Where(pause => pause.Scope != scope.Text)]);
        if (pauses.Count == before) return false;
        LogResumed(scope.Text, by);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private void Change(Func<IReadOnlyList<PausedScope>, List<PausedScope>> change)
    {
        lock (changing)
        {
            // What another copy has written since is not to be lost.
            var (_, current, _) = Load();
            var next = JsonSerializer.SerializeToUtf8Bytes(change(current), PausedJson.Default.ListPausedScope);
            try
            {
                var temporary = $"{path}.{Environment.ProcessId}.tmp";
                File.WriteAllBytes(temporary, next);
                File.Move(temporary, path, overwrite: true);
            }
            catch (UnauthorizedAccessException error)
            {
                throw new IOException($"{path}: {error.Message}", error);
            }

            (seen, pauses, scopes) = Load();
        }
    }

    private (byte[] Seen, IReadOnlyList<PausedScope> Pauses, IReadOnlyList<ScopePattern> Scopes) Load()
    {
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        if (bytes.Length == 0) return (bytes, [], []);
        try
        {
            var read = JsonSerializer.Deserialize(bytes, PausedJson.Default.ListPausedScope) ?? [];
            return (bytes, read, [.. read.Select(pause => ScopePattern.Parse(pause.Scope))]);
        }
        catch (Exception error) when (error is JsonException or FormatException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} does not hold paused scopes ({error.Message}); correct it, or remove it to resume all", error);
        }
    }

    private void LookAgain()
    {
        lock (changing)
        {
            try
            {
                var next = Load();
                problem = "";
                if (next.Seen.AsSpan().SequenceEqual(seen)) return;
                foreach (var pause in next.Pauses.Where(pause => !pauses.Contains(pause))) LogPaused(pause.Scope, pause.By, pause.Reason);
                foreach (var pause in pauses.Where(pause => next.Pauses.All(other => other.Scope != pause.Scope))) LogResumed(pause.Scope, "another controller");
                (seen, pauses, scopes) = next;
            }
            catch (IOException error)
            {
                if (error.Message != problem) LogUnreadable(error.Message);
                problem = error.Message;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Scope} is paused by {By}: {Reason}")]
    private partial void LogPaused(string scope, string by, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Scope} is resumed by {By}")]
    private partial void LogResumed(string scope, string by);

    [LoggerMessage(Level = LogLevel.Error, Message = "the pauses stay as they were: {Problem}")]
    private partial void LogUnreadable(string problem);
}

/// <summary>A scope that is paused.</summary>
/// <param name="Scope">The scope as it was written.</param>
/// <param name="Since">When it was paused.</param>
/// <param name="By">Who paused it.</param>
/// <param name="Reason">Why; may be empty.</param>
public sealed record PausedScope(string Scope, DateTimeOffset Since, string By, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(List<PausedScope>))]
internal sealed partial class PausedJson : JsonSerializerContext;
