namespace Pingmesh.Agent.Upload;

/// <summary>What came of one upload.</summary>
/// <param name="Kind">The kind of answer.</param>
/// <param name="Problem">What went wrong, as a sentence.</param>
/// <param name="RetryAfter">How long the server asked to wait.</param>
public readonly record struct UploadResult(UploadResultKind Kind, string? Problem = null, TimeSpan? RetryAfter = null);

/// <summary>Kinds of answers to an upload.</summary>
public enum UploadResultKind
{
    /// <summary>The server has the batch, durably.</summary>
    Accepted,

    /// <summary>The server will never take this batch: it is malformed. Sending it again is of no use.</summary>
    Refused,

    /// <summary>Not now: to be sent again.</summary>
    Failed,
}
