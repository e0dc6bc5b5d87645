namespace Pingmesh.Store;

/// <summary>One version of a document.</summary>
/// <param name="Kind">What it is, such as <c>incident</c>.</param>
/// <param name="Id">Unique within its kind.</param>
/// <param name="Version">Grows with each change.</param>
/// <param name="Time">What it is looked up and expired by; the same in all versions of a document.</param>
/// <param name="Json">Its content.</param>
public sealed record Document(string Kind, string Id, long Version, DateTimeOffset Time, string Json);
