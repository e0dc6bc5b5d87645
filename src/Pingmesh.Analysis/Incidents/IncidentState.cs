namespace Pingmesh.Analysis.Incidents;

/// <summary>The life of an incident.</summary>
public enum IncidentState
{
    /// <summary>Significant, and being investigated.</summary>
    Open = 1,

    /// <summary>Investigated: what is wrong and where is known as far as the evidence goes.</summary>
    Confirmed,

    /// <summary>The symptoms have gone; it is being watched whether they come back.</summary>
    Mitigated,

    /// <summary>Over.</summary>
    Resolved,
}
