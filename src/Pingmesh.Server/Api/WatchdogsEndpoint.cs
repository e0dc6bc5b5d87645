using Pingmesh.Server.Observe;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/watchdogs</c>: whether Pingmesh itself does its work.</summary>
internal sealed class WatchdogsEndpoint(Watchdogs watchdogs)
{
    public IReadOnlyList<WatchdogResponse> Get() => [.. watchdogs.States.Select(state => new WatchdogResponse(state.Name, state.IsOk, state.Detail, state.Since))];
}

/// <summary>A watchdog.</summary>
/// <param name="Watchdog">The part it watches: <c>pinglists</c>, <c>budgets</c>, <c>uploads</c>, <c>store</c> or <c>sla</c>.</param>
/// <param name="Ok">Whether that part does its work; null in the first five minutes of a server.</param>
/// <param name="Detail">By which figures.</param>
/// <param name="Since">Since when it has been so.</param>
internal sealed record WatchdogResponse(string Watchdog, bool? Ok, string Detail, DateTimeOffset Since);
