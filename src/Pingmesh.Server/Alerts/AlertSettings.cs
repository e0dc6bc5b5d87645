using Pingmesh.Server.Alerts.Receivers;
using Pingmesh.Server.Alerts.Thresholds;

namespace Pingmesh.Server.Alerts;

/// <summary>What is told to whom.</summary>
public sealed record AlertSettings
{
    /// <summary>From when on SLAs are told.</summary>
    public ThresholdSettings Thresholds { get; init; } = new();

    /// <summary>Who is told; none unless set.</summary>
    public IReadOnlyList<ReceiverSettings> Receivers { get; init; } = [];

    /// <summary>Address at which people reach the page, for links; null for no links.</summary>
    public Uri? PageUrl { get; init; }
}
