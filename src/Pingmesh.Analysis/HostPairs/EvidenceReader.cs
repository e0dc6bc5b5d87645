using Pingmesh.Analysis.Accumulation;
using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Store;

namespace Pingmesh.Analysis.HostPairs;

/// <summary>Reads probes in full. Safe for any number of threads.</summary>
public sealed class EvidenceReader
{
    /// <summary>Most records of one answer.</summary>
    public const int MaxLimit = 10_000;

    private const long MicrosecondsPerSecond = 1_000_000;

    private readonly IMeasurementStore store;
    private readonly string journalId;
    private readonly WindowMemory memory;
    private readonly NameTable names;

    internal EvidenceReader(IMeasurementStore store, string journalId, WindowMemory memory, NameTable names)
    {
        this.store = store;
        this.journalId = journalId;
        this.memory = memory;
        this.names = names;
    }

    /// <summary>The newest records of a range.</summary>
    /// <param name="range">When the probes were started.</param>
    /// <param name="limit">Most records, 1 to <see cref="MaxLimit"/>.</param>
    /// <param name="source">Name of the only source wanted; null for all.</param>
    /// <param name="target">Name, or bare address, of the only target wanted; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The range has no length, or the limit is out of range.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<IReadOnlyList<NamedEvidence>> ReadAsync(
        TimeRange range, int limit, string? source = null, string? target = null, CancellationToken cancellationToken = default)
    {
        range.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxLimit);
        await names.RefreshAsync(cancellationToken);
        int? from = null, to = null;
        if (source is not null && (from = names.FindHost(source)) is null) return [];
        if (target is not null && (to = names.FindHost(target)) is null) return [];

        var query = new EvidenceQuery(range.From * MicrosecondsPerSecond, range.To * MicrosecondsPerSecond, limit, from, to);
        var unflushed = memory.Capture().Select(generation => (generation, Records: memory.FindEvidence(generation, query))).ToList();
        var (records, marks) = await store.ReadEvidenceAsync(query, cancellationToken);
        return [.. unflushed
            .Where(part => part.generation.UpTo > marks.Of(journalId))
            .SelectMany(part => part.Records)
            .Concat(records)
            .OrderByDescending(record => record.StartedUnixMicroseconds)
            .Take(limit)
            .Select(record => new NamedEvidence(names.FindText(record.Source) ?? "", names.FindText(record.Target) ?? "", record))];
    }
}

/// <summary>A probe in full, with the names of its ends.</summary>
/// <param name="Source">Name of the host that probed.</param>
/// <param name="Target">Name of the host that was probed, or its address when it is in no topology.</param>
/// <param name="Record">The probe.</param>
public sealed record NamedEvidence(string Source, string Target, EvidenceRecord Record);
