using Pingmesh.Store;
using Pingmesh.Store.Journal;

namespace Pingmesh.UnitTests.Analysis;

/// <summary>A journal whose appends wait for a gate.</summary>
internal sealed class SlowJournal(IBatchJournal inner, ManualResetEventSlim gate) : IBatchJournal
{
    public string Id => inner.Id;

    public JournalSize Size => inner.Size;

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<JournalBatch> batches)
    {
        gate.Wait();
        return inner.Append(batches);
    }

    public IEnumerable<JournalEntry> Read(long after) => inner.Read(after);

    public void Forget(long upTo) => inner.Forget(upTo);

    public bool ForgetEpochs(DateTimeOffset idleSince) => inner.ForgetEpochs(idleSince);
}

/// <summary>A journal whose disk is full while it is told so.</summary>
internal sealed class FailingJournal : IBatchJournal
{
    private IBatchJournal inner = null!;

    public bool Fails { get; set; }

    public string Id => inner.Id;

    public JournalSize Size => inner.Size;

    public FailingJournal Around(IBatchJournal journal)
    {
        inner = journal;
        return this;
    }

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<JournalBatch> batches) =>
        Fails ? throw new StoreUnavailableException("full", isFull: true) : inner.Append(batches);

    public IEnumerable<JournalEntry> Read(long after) => inner.Read(after);

    public void Forget(long upTo) => inner.Forget(upTo);

    public bool ForgetEpochs(DateTimeOffset idleSince) => inner.ForgetEpochs(idleSince);
}
