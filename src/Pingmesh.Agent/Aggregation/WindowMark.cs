using Pingmesh.Core.Probes;

namespace Pingmesh.Agent.Aggregation;

/// <summary>A window in which the agent's own host was in trouble.</summary>
/// <param name="StartUnixSeconds">Start of the window, Unix seconds.</param>
/// <param name="Noise">What the trouble was.</param>
/// <param name="WorstStallMicroseconds">How late the agent's latest tick came, microseconds.</param>
public readonly record struct WindowMark(long StartUnixSeconds, HostNoise Noise, long WorstStallMicroseconds);
