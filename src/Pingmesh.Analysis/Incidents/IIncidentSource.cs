namespace Pingmesh.Analysis.Incidents;

/// <summary>Where incidents are known from. Safe for any number of threads.</summary>
public interface IIncidentSource
{
    /// <summary>
    /// All incidents that are not resolved, and those that were resolved within the last hour. From the start on it holds
    /// what was known before a restart: an incident that is missing counts as over.
    /// </summary>
    IReadOnlyList<Incident> Current { get; }

    /// <summary>Raised after <see cref="Current"/> has changed; handlers return at once and do not throw.</summary>
    event Action? Changed;
}
