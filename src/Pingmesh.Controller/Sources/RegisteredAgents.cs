using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace Pingmesh.Controller.Sources;

/// <summary>
/// Hosts whose agents told of themselves when they asked for their pinglists. One that falls silent stays for a time, then
/// leaves; one that comes back is the same host. Kept in a file, so that a restart does not empty the mesh. Thread-safe.
/// </summary>
/// <remarks>
/// Agents say who they are with every request, so that each copy of a controller learns of all of them by itself, whichever
/// one a load balancer sends them to.
/// </remarks>
public sealed partial class RegisteredAgents : ITopologySource
{
    /// <summary>Most hosts.</summary>
    public const int MaxHosts = 1_000_000;

    // Joins come in crowds: they are taken in together.
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SaveAgain = TimeSpan.FromMinutes(1);

    private readonly string path;
    private readonly LabelMapping labels;
    private readonly TimeSpan leaveAfter;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<string, Registration> registrations = new(StringComparer.Ordinal);
    private readonly ITimer timer;
    private readonly Lock working = new();
    private DateTimeOffset savedAt;
    private int changes;
    private bool disposed;
    private volatile IReadOnlyList<HostEntry> hosts = [];

    /// <summary>Reads what an earlier run knew, and begins to take registrations.</summary>
    /// <param name="path">File to keep them in.</param>
    /// <param name="labels">Which labels say where a host is.</param>
    /// <param name="leaveAfter">How long a host may be silent before it leaves the mesh.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="IOException">The file cannot be read, or holds something else.</exception>
    public RegisteredAgents(string path, LabelMapping labels, TimeSpan leaveAfter, TimeProvider time, ILogger logger)
    {
        this.path = path;
        this.labels = labels;
        this.leaveAfter = leaveAfter;
        this.time = time;
        this.logger = logger;
        savedAt = time.GetUtcNow();

        // While nobody listened, nobody could be heard: that is not silence.
        var grace = savedAt - leaveAfter + (leaveAfter < Grace ? leaveAfter : Grace);
        foreach (var known in Load(path)) registrations[known.Host] = known with { Seen = known.Seen > grace ? known.Seen : grace };
        Settle();
        timer = time.CreateTimer(_ => Work(), null, Gather, Gather);
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public string Name => "registered agents";

    /// <inheritdoc/>
    public IReadOnlyList<HostEntry> Hosts => hosts;

    /// <summary>Records that an agent told of itself.</summary>
    /// <param name="host">Its host's name.</param>
    /// <param name="addresses">Its addresses, at least one.</param>
    /// <param name="own">Its labels.</param>
    public void Record(string host, IReadOnlyList<IPAddress> addresses, IReadOnlyDictionary<string, string> own)
    {
        var now = time.GetUtcNow();
        var registration = new Registration(host, [.. addresses.Select(address => address.ToString())], new SortedDictionary<string, string>(own.ToDictionary(), StringComparer.Ordinal), now);
        if (registrations.TryGetValue(host, out var known) && known.SaysTheSame(registration))
        {
            known.Seen = now;
            return;
        }

        if (known is null && registrations.Count >= MaxHosts) return;
        registrations[host] = registration;
        Interlocked.Increment(ref changes);
    }

    /// <summary>When a host was last heard of; null for one that never told of itself.</summary>
    public DateTimeOffset? SeenAt(string host) => registrations.TryGetValue(host, out var known) ? known.Seen : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (working)
        {
            if (disposed) return;
            disposed = true;
            Save();
        }

        timer.Dispose();
    }

    private static List<Registration> Load(string path)
    {
        if (!File.Exists(path)) return [];
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistrationJson.Default.ListRegistration) ?? [];
        }
        catch (JsonException error)
        {
            throw new IOException($"{path} does not hold registrations of agents ({error.Message}); remove it, and they will register anew", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{path}: {error.Message}; run as the user that owns the folder, or choose another with --data", error);
        }
    }

    private void Work()
    {
        lock (working)
        {
            if (disposed) return;
            var now = time.GetUtcNow();
            foreach (var (name, known) in registrations)
            {
                if (now - known.Seen <= leaveAfter || !registrations.TryRemove(name, out _)) continue;
                Interlocked.Increment(ref changes);
                LogLeft(name, leaveAfter);
            }

            var changed = Interlocked.Exchange(ref changes, 0) > 0;
            if (changed) Settle();
            if (changed || now - savedAt >= SaveAgain) Save();
            if (!changed) return;
        }

        Changed?.Invoke();
    }

    // By name, so that every copy of a controller has them in the same order, whenever each of them came.
    private void Settle() => hosts =
    [
        .. registrations.Values.OrderBy(known => known.Host, StringComparer.Ordinal)
            .Select(known => labels.Map(known.Labels, known.Host, [.. known.Addresses.Select(IPAddress.Parse)]) with { Name = known.Host }),
    ];

    private void Save()
    {
        savedAt = time.GetUtcNow();
        try
        {
            var temporary = path + ".tmp";
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(registrations.Values.ToList(), RegistrationJson.Default.ListRegistration));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(path, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Host} was silent for {Time} and leaves the mesh")]
    private partial void LogLeft(string host, TimeSpan time);

    [LoggerMessage(Level = LogLevel.Error, Message = "the registrations of agents are not kept in {Path}: {Problem}")]
    private partial void LogNotSaved(string path, string problem);
}

/// <summary>What an agent told of itself.</summary>
internal sealed record Registration(string Host, IReadOnlyList<string> Addresses, SortedDictionary<string, string> Labels, DateTimeOffset Seen)
{
    /// <summary>When it was last heard of.</summary>
    public DateTimeOffset Seen { get; set; } = Seen;

    /// <summary>Whether another registration says the same.</summary>
    public bool SaysTheSame(Registration other) => Addresses.SequenceEqual(other.Addresses) && Labels.SequenceEqual(other.Labels);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(List<Registration>))]
internal sealed partial class RegistrationJson : JsonSerializerContext;
