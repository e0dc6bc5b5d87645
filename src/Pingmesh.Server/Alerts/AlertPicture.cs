namespace Pingmesh.Server.Alerts;

/// <summary>All alerts of a moment.</summary>
/// <param name="At">When.</param>
/// <param name="Firing">Those that hold, by fingerprint.</param>
/// <param name="Resolved">Those that ended in the last quarter of an hour, also under labels that an alert has no more.</param>
/// <param name="IsAlive">Whether the analysis really runs.</param>
internal sealed record AlertPicture(DateTimeOffset At, IReadOnlyDictionary<string, Alert> Firing, IReadOnlyList<Alert> Resolved, bool IsAlive);
