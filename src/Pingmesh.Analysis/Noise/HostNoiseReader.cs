using Pingmesh.Analysis.Accumulation;
using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Probes;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Noise;

/// <summary>Tells when a host itself was in trouble, so that its measurements are not held against the network. Safe for any number of threads.</summary>
public sealed class HostNoiseReader
{
    private readonly IMeasurementStore store;
    private readonly string journalId;
    private readonly WindowMemory memory;
    private readonly NameTable names;

    internal HostNoiseReader(IMeasurementStore store, string journalId, WindowMemory memory, NameTable names)
    {
        this.store = store;
        this.journalId = journalId;
        this.memory = memory;
        this.names = names;
    }

    /// <summary>The windows of a range that a host's agent has marked.</summary>
    /// <param name="host">Name of the host; one that is not known has no marks.</param>
    /// <param name="range">The range.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<HostNoiseResult> ReadAsync(string host, TimeRange range, CancellationToken cancellationToken = default)
    {
        range.Check();
        await names.RefreshAsync(cancellationToken);
        if (names.FindHost(host) is not { } id) return new HostNoiseResult(host, []);
        var query = new NoiseQuery(range.From, range.To, id);
        var unflushed = memory.Capture().Select(generation => (generation, Records: memory.FindNoise(generation, query))).ToList();
        var (records, marks) = await store.ReadNoiseAsync(query, cancellationToken);
        var merged = unflushed
            .Where(part => part.generation.UpTo > marks.Of(journalId))
            .SelectMany(part => part.Records)
            .Concat(records)
            .GroupBy(record => record.Start)
            .Select(same => same.Aggregate((one, other) => one.With(other)))
            .OrderByDescending(record => record.Start);
        return new HostNoiseResult(host, [.. merged]);
    }
}

/// <summary>When a host itself was in trouble.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Windows">The windows of 10 s it has marked, newest first.</param>
public sealed record HostNoiseResult(string Host, IReadOnlyList<NoiseRecord> Windows)
{
    /// <summary>How many windows had each sort of trouble.</summary>
    public IReadOnlyDictionary<HostNoise, int> Count() =>
        HostNoiseNames.All.Select(sort => (sort, Count: Windows.Count(window => window.Noise.HasFlag(sort)))).Where(entry => entry.Count > 0)
            .ToDictionary(entry => entry.sort, entry => entry.Count);
}
