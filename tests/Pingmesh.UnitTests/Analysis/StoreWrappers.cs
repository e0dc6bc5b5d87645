using Pingmesh.Store;

namespace Pingmesh.UnitTests.Analysis;

/// <summary>A store that calls a test at the two ends of each flush, and fails it where the test throws.</summary>
internal sealed class WatchedStore(IMeasurementStore inner) : IMeasurementStore
{
    public Func<Task> BeforeWrite { get; set; } = () => Task.CompletedTask;

    public Func<Task> AfterWrite { get; set; } = () => Task.CompletedTask;

    public Func<Task> BeforeRead { get; set; } = () => Task.CompletedTask;

    public async ValueTask WriteAsync(Flush flush, CancellationToken cancellationToken)
    {
        await BeforeWrite();
        await inner.WriteAsync(flush, cancellationToken);
        await AfterWrite();
    }

    public async ValueTask<FlushMarks> ReadWindowsAsync(WindowQuery query, Action<WindowRow> visit, CancellationToken cancellationToken)
    {
        await BeforeRead();
        return await inner.ReadWindowsAsync(query, visit, cancellationToken);
    }

    public ValueTask<IReadOnlyList<NumberedName>> ReadNamesAsync(int after, CancellationToken cancellationToken) => inner.ReadNamesAsync(after, cancellationToken);

    public ValueTask<IReadOnlyList<int>> AddNamesAsync(IReadOnlyList<Name> names, CancellationToken cancellationToken) =>
        inner.AddNamesAsync(names, cancellationToken);

    public ValueTask<FlushMarks> ReadMarksAsync(CancellationToken cancellationToken) => inner.ReadMarksAsync(cancellationToken);

    public ValueTask<(IReadOnlyList<EvidenceRecord> Records, FlushMarks Marks)> ReadEvidenceAsync(EvidenceQuery query, CancellationToken cancellationToken) =>
        inner.ReadEvidenceAsync(query, cancellationToken);

    public ValueTask<(IReadOnlyList<NoiseRecord> Records, FlushMarks Marks)> ReadNoiseAsync(NoiseQuery query, CancellationToken cancellationToken) =>
        inner.ReadNoiseAsync(query, cancellationToken);

    public ValueTask<bool> CompactAsync(long endedBy, CancellationToken cancellationToken) => inner.CompactAsync(endedBy, cancellationToken);

    public ValueTask<bool> ExpireAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) =>
        inner.ExpireAsync(retention, now, cancellationToken);
}
