namespace Pingmesh.Analysis.Regressions;

/// <summary>What a look of the <see cref="LatencyWatch"/> saw.</summary>
/// <param name="Scopes">Scopes that it could judge: with enough RTTs and a baseline, handshakes and payloads each.</param>
/// <param name="Risen">Those of them with a rise.</param>
/// <param name="Followed">Incidents that it follows.</param>
public sealed record LatencyLook(int Scopes, int Risen, int Followed);
