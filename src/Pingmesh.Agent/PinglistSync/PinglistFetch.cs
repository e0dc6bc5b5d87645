using Pingmesh.Core.Pinglists;

namespace Pingmesh.Agent.PinglistSync;

/// <summary>What came of one request for the pinglist.</summary>
/// <param name="Kind">The kind of answer.</param>
/// <param name="Pinglist">The list, when it is <see cref="PinglistFetchKind.Changed"/>.</param>
/// <param name="ETag">Its ETag.</param>
/// <param name="Problem">What went wrong, as a sentence, when there is no list.</param>
public sealed record PinglistFetch(PinglistFetchKind Kind, Pinglist? Pinglist = null, string? ETag = null, string? Problem = null);

/// <summary>Kinds of answers to a request for the pinglist.</summary>
public enum PinglistFetchKind
{
    /// <summary>A list that differs from the one at hand.</summary>
    Changed,

    /// <summary>The list at hand still holds.</summary>
    NotModified,

    /// <summary>The controller answered that it has no list for this host.</summary>
    None,

    /// <summary>No usable answer.</summary>
    Failed,
}
