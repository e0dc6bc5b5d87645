using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace Pingmesh.Server.Access;

/// <summary>
/// How many requests a client may send: an agent by its host's name, anybody else by address. What is above is answered with 429
/// and the time to wait. A server that only its own machine can reach has no such limit.
/// </summary>
internal sealed class RequestLimits : IAsyncDisposable
{
    // An agent asks for its list every 30 s and uploads every 5 s; after an outage it sends what it kept, five batches at a time.
    private const int AgentBurst = 40;
    private const int AgentPerSecond = 4;

    // A page that is open asks a few times a second; a proxy brings many people.
    private const int AddressBurst = 400;
    private const int AddressPerSecond = 100;

    private readonly PartitionedRateLimiter<HttpContext>? limiter;
    private long refused;

    /// <summary>Limits, or none.</summary>
    public RequestLimits(bool areOn) => limiter = areOn ? PartitionedRateLimiter.Create<HttpContext, string>(PartitionOf) : null;

    /// <summary>Requests refused for being too many.</summary>
    public long Refused => Volatile.Read(ref refused);

    /// <summary>Lets a request pass, or answers it with 429.</summary>
    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        using var lease = limiter?.AttemptAcquire(context);
        if (lease is null or { IsAcquired: true })
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        Interlocked.Increment(ref refused);
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
        context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        await Results.Problem(
            statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests", detail: $"This client sends more than it may; wait {wait} s.")
            .ExecuteAsync(context).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => limiter?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static RateLimitPartition<string> PartitionOf(HttpContext context) => AccessControl.AgentOf(context) is { } host
        ? RateLimitPartition.GetTokenBucketLimiter($"agent {host}", _ => Bucket(AgentBurst, AgentPerSecond))
        : RateLimitPartition.GetTokenBucketLimiter($"address {context.Connection.RemoteIpAddress}", _ => Bucket(AddressBurst, AddressPerSecond));

    private static TokenBucketRateLimiterOptions Bucket(int burst, int perSecond) =>
        new() { TokenLimit = burst, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true };
}
