using System.Globalization;
using Pingmesh.Controller.Agents;
using Pingmesh.Core.Probes;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/agents</c>: which agents were heard of, and when.</summary>
internal sealed class AgentsEndpoint(AgentRegistry agents)
{
    public IReadOnlyList<AgentResponse> Get() => [.. agents.Snapshot().Select(status => AgentResponse.Of(status, agents.IsSilent(status)))];
}

/// <summary>An agent as the server has seen it since the server started.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Silent">Whether nothing has been heard of it for 90 seconds.</param>
/// <param name="PinglistFetched">When it last asked for its pinglist.</param>
/// <param name="Uploaded">When a batch of it was last accepted.</param>
/// <param name="Epoch">Its run, in hexadecimal; empty before the first upload.</param>
/// <param name="Sequence">Number of its last batch.</param>
/// <param name="Version">Its version.</param>
/// <param name="LostBatches">Batches it gave up in this run.</param>
/// <param name="LostProbes">Probes in those, and those that found no room to be remembered.</param>
/// <param name="NoisyAt">Start of the last window of 10 s in which the host marked itself as in trouble, so that its measurements are not the network's; null before any.</param>
/// <param name="Noise">The sorts of trouble in it.</param>
/// <param name="ClockBehindS">By how many seconds its clock was behind the server's at its last upload, the way of the upload included; negative when it was ahead. Beyond 5 s measurements are corrected, beyond an hour refused.</param>
public sealed record AgentResponse(
    string Host,
    bool Silent,
    DateTimeOffset? PinglistFetched,
    DateTimeOffset? Uploaded,
    string Epoch,
    ulong Sequence,
    string? Version,
    ulong LostBatches,
    ulong LostProbes,
    DateTimeOffset? NoisyAt,
    IReadOnlyList<string> Noise,
    double? ClockBehindS)
{
    internal static AgentResponse Of(AgentStatus status, bool silent) => new(
        status.Host,
        silent,
        status.PinglistFetched,
        status.Uploaded,
        status.Epoch == 0 ? "" : status.Epoch.ToString("x16", CultureInfo.InvariantCulture),
        status.Sequence,
        status.AgentVersion,
        status.LostBatches,
        status.LostProbes,
        status.NoisyAt is { } at ? DateTimeOffset.FromUnixTimeSeconds(at) : null,
        status.Noise.ToNames(),
        status.ClockBehind is { } behind ? Math.Round(behind.TotalSeconds, 3) : null);
}
