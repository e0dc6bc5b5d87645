namespace Pingmesh.Analysis.Queries;

/// <summary>A question that cannot be answered as it was asked; the message says why.</summary>
public sealed class QueryException(string message) : Exception(message);
