namespace Pingmesh.Server.Observe;

/// <summary>What watchdogs judge by.</summary>
/// <param name="Expected">Hosts that should probe: those of the topology that are not paused.</param>
/// <param name="Fetched">Of them, those that asked for a pinglist in the last five minutes.</param>
/// <param name="Uploaded">Of them, those that uploaded in the last five minutes.</param>
/// <param name="OverBudget">Of them, those that suspended probing over their budget in the last five minutes.</param>
/// <param name="PinglistProblem">Why no pinglist can be made, or why an old mesh is in force; null when all is well.</param>
/// <param name="Flushes">Flushes to the store since the start.</param>
/// <param name="PendingBytes">Bytes that wait for a flush.</param>
/// <param name="IsTakingIn">Whether uploads are taken in.</param>
/// <param name="IsSlaLate">Whether the last SLA is much older than it should be.</param>
internal sealed record WatchdogSight(
    int Expected, int Fetched, int Uploaded, int OverBudget, string? PinglistProblem, long Flushes, long PendingBytes, bool IsTakingIn, bool IsSlaLate);
