using Pingmesh.Core.OnDemand;

namespace Pingmesh.Agent.OnDemand;

/// <summary>What came of a request for orders.</summary>
/// <param name="Orders">The orders.</param>
/// <param name="Problem">Why there is no answer, as a sentence; null when there is one.</param>
public sealed record OrderFetch(IReadOnlyList<TestOrder> Orders, string? Problem = null);

/// <summary>What came of sending a report.</summary>
/// <param name="IsDone">Whether it need not be sent again: taken, or refused for good.</param>
/// <param name="Problem">Why it was not taken, as a sentence; null when it was.</param>
public sealed record ReportResult(bool IsDone, string? Problem = null);
