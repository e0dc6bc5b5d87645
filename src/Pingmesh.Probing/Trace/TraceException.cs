namespace Pingmesh.Probing.Trace;

/// <summary>A trace could not be made; the message says why and what to do.</summary>
public sealed class TraceException(string message) : Exception(message);
