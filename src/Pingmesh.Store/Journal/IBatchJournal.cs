namespace Pingmesh.Store.Journal;

/// <summary>
/// The batches this collector has accepted and the store has not taken in yet, and the memory of all batches ever
/// accepted. It is always local to its collector, also where the store is a cluster. One caller appends at a time.
/// </summary>
public interface IBatchJournal
{
    /// <summary>Identity of this journal among all that feed one store; drawn when it was made.</summary>
    string Id { get; }

    /// <summary>Batches held, and their bytes.</summary>
    JournalSize Size { get; }

    /// <summary>
    /// Accepts batches: on return all new ones are durable, together. Each (host, epoch, sequence) is new once only,
    /// within the group, over restarts, and long after the batch itself was forgotten.
    /// </summary>
    /// <returns>One result a batch, in their order; positions ascend.</returns>
    /// <exception cref="StoreUnavailableException">No space or an I/O error: none of the batches was accepted.</exception>
    IReadOnlyList<AppendResult> Append(IReadOnlyList<JournalBatch> batches);

    /// <summary>The batches after a position, by ascending position.</summary>
    IEnumerable<JournalEntry> Read(long after);

    /// <summary>Deletes the batches up to a position, itself included, because the store holds what came of them.</summary>
    void Forget(long upTo);

    /// <summary>
    /// Forgets some epochs without a batch since <paramref name="idleSince"/>; a batch of one of them would be new
    /// again. Returns whether there were any: call again until there are none.
    /// </summary>
    bool ForgetEpochs(DateTimeOffset idleSince);
}
