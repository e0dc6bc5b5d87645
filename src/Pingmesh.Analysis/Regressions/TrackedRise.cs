namespace Pingmesh.Analysis.Regressions;

/// <summary>A rise that is an incident, while it is followed.</summary>
internal sealed class TrackedRise
{
    public required string Id { get; init; }

    public required string Key { get; init; }

    public required WatchedScope Scope { get; set; }

    public required bool IsPayload { get; init; }

    /// <summary>When it began, Unix seconds; up to five minutes early or late.</summary>
    public required long Onset { get; init; }

    /// <summary>Host pairs with slow probes when it was found.</summary>
    public required int Pairs { get; init; }

    /// <summary>Hosts at their ends.</summary>
    public required int Hosts { get; init; }

    /// <summary>The rise at its worst.</summary>
    public required Rise Worst { get; set; }

    /// <summary>What it is compared with; the last that was known where there is no other.</summary>
    public required Usual Usual { get; set; }

    /// <summary>When it was last seen, Unix seconds.</summary>
    public required long LastBad { get; set; }

    /// <summary>Looks on end without it.</summary>
    public int LooksWithout { get; set; }

    /// <summary>When something was last told of it, Unix seconds.</summary>
    public long ToldAt { get; set; }
}
