namespace Pingmesh.Store;

/// <summary>Up to which position of each journal a store had taken in everything, when something was read from it.</summary>
public sealed class FlushMarks
{
    private readonly IReadOnlyDictionary<string, long> positions;

    /// <summary>Marks by journal id.</summary>
    public FlushMarks(IReadOnlyDictionary<string, long> positions) => this.positions = positions;

    /// <summary>The last position taken in of the journal <paramref name="journalId"/>; 0 when none was.</summary>
    public long Of(string journalId) => positions.GetValueOrDefault(journalId);
}
