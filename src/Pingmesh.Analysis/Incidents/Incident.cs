namespace Pingmesh.Analysis.Incidents;

/// <summary>A detected fault of the network, or of hosts. Immutable; each change is a new version.</summary>
public sealed record Incident
{
    /// <summary>Unique; the same on all servers that see the same fault.</summary>
    public required string Id { get; init; }

    /// <summary>Says what it is about: the same for the same trouble at the same place, whoever finds it and whenever.</summary>
    public required string Key { get; init; }

    /// <summary>Grows with each change.</summary>
    public required long Version { get; init; }

    /// <summary>What is wrong.</summary>
    public required IncidentKind Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public required IncidentState State { get; init; }

    /// <summary>The smallest scope that holds all symptoms: <c>dc1/ps2</c>, a host's name, or two of them with <c>~</c> between.</summary>
    public required string Scope { get; init; }

    /// <summary>The tier that is suspected: <c>host</c>, <c>tor</c>, <c>leaf</c>, <c>spine</c>, <c>border</c>; or <c>unknown</c>.</summary>
    public required string Tier { get; init; }

    /// <summary>What it is, where and since when, in a plain sentence or two.</summary>
    public required string Summary { get; init; }

    /// <summary>When the first symptom was.</summary>
    public required DateTimeOffset Onset { get; init; }

    /// <summary>When it was found.</summary>
    public required DateTimeOffset Detected { get; init; }

    /// <summary>When the last symptom was.</summary>
    public required DateTimeOffset LastSymptom { get; init; }

    /// <summary>When it was confirmed; null before.</summary>
    public DateTimeOffset? Confirmed { get; init; }

    /// <summary>When it was over; null before.</summary>
    public DateTimeOffset? Resolved { get; init; }

    /// <summary>Who is suspected, the likeliest first; none when the evidence names nobody.</summary>
    public IReadOnlyList<Suspect> Suspects { get; init; } = [];

    /// <summary>Why nobody in particular is suspected; null when somebody is.</summary>
    public string? NotEnoughEvidence { get; init; }

    /// <summary>Whom it concerns.</summary>
    public required BlastRadius Radius { get; init; }

    /// <summary>How bad, as shares of the probes that go through the place.</summary>
    public required IncidentFigures Figures { get; init; }

    /// <summary>A command that fails each time, beside one that passes; only of black holes.</summary>
    public Reproducer? Reproducer { get; init; }

    /// <summary>Who has acknowledged it; null when nobody has.</summary>
    public Acknowledgement? Acknowledged { get; init; }

    /// <summary>Until when it makes no alerts; null when it does.</summary>
    public DateTimeOffset? SilencedUntil { get; init; }

    /// <summary>What happened and what was said, oldest first.</summary>
    public IReadOnlyList<IncidentNote> Timeline { get; init; } = [];
}
