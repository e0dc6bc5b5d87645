namespace Pingmesh.Server.Alerts;

/// <summary>Whether an alert still holds.</summary>
public enum AlertState
{
    /// <summary>It holds.</summary>
    Firing = 1,

    /// <summary>It is over.</summary>
    Resolved,
}
