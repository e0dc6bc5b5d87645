namespace Pingmesh.Analysis.Incidents;

/// <summary>No incidents at all: of a server that does not look for any.</summary>
public sealed class NoIncidents : IIncidentSource
{
    /// <inheritdoc/>
    public event Action? Changed
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Incident> Current => [];
}
