using System.Net;
using Microsoft.Extensions.Logging;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Names;

namespace Pingmesh.Agent.Names;

/// <summary>
/// Keeps the addresses of the targets that a pinglist gives by name: each name is resolved again when its TTL has run out.
/// While a name cannot be resolved, its last addresses stay in use, and the failure is counted by its code.
/// </summary>
public sealed partial class TargetNames
{
    private static readonly TimeSpan ShortestTtl = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestTtl = TimeSpan.FromHours(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    private readonly Func<string, CancellationToken, Task<NameResolution>> resolve;
    private readonly Action changed;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Knows no names yet.</summary>
    /// <param name="resolve">Resolves a name.</param>
    /// <param name="changed">Called when the addresses of a name have changed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public TargetNames(Func<string, CancellationToken, Task<NameResolution>> resolve, Action changed, TimeProvider time, ILogger logger)
    {
        this.resolve = resolve;
        this.changed = changed;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Keeps the names of a pinglist from now on, and forgets all others.</summary>
    public void Follow(Pinglist? pinglist)
    {
        var wanted = (pinglist?.Groups ?? []).SelectMany(group => group.Peers).Select(peer => peer.Address)
            .Where(address => !IPAddress.TryParse(address, out _)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        lock (gate)
        {
            foreach (var gone in names.Keys.Where(name => !wanted.Contains(name)).ToList()) names.Remove(gone);
            foreach (var name in wanted) names.TryAdd(name, new Entry());
        }
    }

    /// <summary>The addresses of a name; empty while none are known.</summary>
    public IReadOnlyList<IPAddress> AddressesOf(string name)
    {
        lock (gate) return names.TryGetValue(name, out var entry) ? entry.Addresses : [];
    }

    /// <summary>How each name was last resolved.</summary>
    public IReadOnlyList<NameState> States()
    {
        lock (gate)
        {
            return
            [
                .. names.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new NameState(
                    entry.Key, entry.Value.Addresses.Count, entry.Value.Resolutions, entry.Value.LastNanoseconds, entry.Value.LastError,
                    [.. entry.Value.Failures])),
            ];
        }
    }

    /// <summary>Resolves names until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Turn, time);
        try
        {
            do await ResolveDueAsync(cancel).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The agent stops.
        }
    }

    private async Task ResolveDueAsync(CancellationToken cancel)
    {
        List<string> due;
        lock (gate)
        {
            var now = time.GetUtcNow();
            due = [.. names.Where(entry => entry.Value.Due <= now).Select(entry => entry.Key)];
        }

        if (due.Count == 0) return;
        var anyChanged = false;
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancel }, async (name, stop) =>
        {
            if (Take(name, await resolve(name, stop).ConfigureAwait(false))) Volatile.Write(ref anyChanged, true);
        }).ConfigureAwait(false);
        if (anyChanged) changed();
    }

    private bool Take(string name, NameResolution answer)
    {
        lock (gate)
        {
            if (!names.TryGetValue(name, out var entry)) return false;
            entry.Resolutions++;
            entry.LastNanoseconds = answer.Nanoseconds;
            if (answer.Error != ProbeError.None)
            {
                if (entry.LastError != answer.Error) LogUnresolved(name, answer.Problem ?? answer.Error.Name());
                entry.LastError = answer.Error;
                entry.Failures[answer.Error] = entry.Failures.GetValueOrDefault(answer.Error) + 1;
                entry.Due = time.GetUtcNow() + AfterFailure;
                return false;
            }

            entry.LastError = ProbeError.None;
            entry.Due = time.GetUtcNow() + (answer.Ttl < ShortestTtl ? ShortestTtl : answer.Ttl > LongestTtl ? LongestTtl : answer.Ttl);

            // A name server turns the order round from answer to answer: that is no change.
            if (entry.Addresses.ToHashSet().SetEquals(answer.Addresses)) return false;
            entry.Addresses = [.. answer.Addresses];
            LogResolved(name, string.Join(", ", answer.Addresses), answer.Ttl);
            return true;
        }
    }

    private sealed class Entry
    {
        public IReadOnlyList<IPAddress> Addresses { get; set; } = [];

        public DateTimeOffset Due { get; set; } = DateTimeOffset.MinValue;

        public long Resolutions { get; set; }

        public long LastNanoseconds { get; set; }

        public ProbeError LastError { get; set; }

        public Dictionary<ProbeError, long> Failures { get; } = [];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Target {Name} is at {Addresses}, for {Ttl}")]
    private partial void LogResolved(string name, string addresses, TimeSpan ttl);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Target {Name} cannot be resolved; its last addresses stay in use: {Problem}")]
    private partial void LogUnresolved(string name, string problem);
}

/// <summary>How a target's name was last resolved.</summary>
/// <param name="Name">The name.</param>
/// <param name="Addresses">Addresses in use.</param>
/// <param name="Resolutions">Times it was resolved, or tried to.</param>
/// <param name="LastNanoseconds">How long the last time took.</param>
/// <param name="LastError">Why the last time failed, or <see cref="ProbeError.None"/>.</param>
/// <param name="Failures">Failures by code.</param>
public sealed record NameState(
    string Name, int Addresses, long Resolutions, long LastNanoseconds, ProbeError LastError, IReadOnlyList<KeyValuePair<ProbeError, long>> Failures);
