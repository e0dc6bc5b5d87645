using Microsoft.Extensions.Logging;
using Pingmesh.Core.Pinglists;

namespace Pingmesh.Agent.PinglistSync;

/// <summary>
/// Keeps the pinglist in step with the controller, and fails closed (paper, section 3.4.2): after three failed contacts
/// in a row, or when the controller has no list for this host, there are no peers any more until it has one again.
/// </summary>
public sealed partial class PinglistFollower
{
    /// <summary>Failed contacts in a row after which all peers are dropped.</summary>
    public const int MaxFailures = 3;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly Func<string?, CancellationToken, Task<PinglistFetch>> fetch;
    private readonly Action<Pinglist?> adopt;
    private readonly TimeSpan interval;
    private readonly TimeProvider time;
    private readonly Random random;
    private readonly ILogger logger;
    private string? etag;
    private Pinglist? current;
    private bool everAnswered;

    /// <summary>Makes a follower; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="fetch">Asks the controller, given the ETag at hand.</param>
    /// <param name="adopt">Takes a new list; null means: no peers. May refuse a list by <see cref="FormatException"/>.</param>
    /// <param name="interval">Time between two contacts; varied by a tenth, so that agents do not fall into step.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">For the variation.</param>
    /// <param name="logger">The log.</param>
    public PinglistFollower(
        Func<string?, CancellationToken, Task<PinglistFetch>> fetch,
        Action<Pinglist?> adopt,
        TimeSpan interval,
        TimeProvider time,
        Random random,
        ILogger logger)
    {
        this.fetch = fetch;
        this.adopt = adopt;
        this.interval = interval;
        this.time = time;
        this.random = random;
        this.logger = logger;
    }

    /// <summary>Failed contacts since the last good one.</summary>
    public int Failures { get; private set; }

    /// <summary>Why there are no peers; null when there is a list.</summary>
    public string? Problem { get; private set; } = "the controller has not been reached yet";

    /// <summary>Contacts the controller until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await ContactAsync(cancel).ConfigureAwait(false);
                await Task.Delay(NextWait(), time, cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ContactAsync(CancellationToken cancel)
    {
        var answer = await fetch(etag, cancel).ConfigureAwait(false);
        if (answer.Kind == PinglistFetchKind.Changed) answer = TryAdopt(answer);
        switch (answer.Kind)
        {
            case PinglistFetchKind.Changed or PinglistFetchKind.NotModified:
                if (Failures >= MaxFailures) LogRecovered();
                Failures = 0;
                everAnswered = true;
                break;
            case PinglistFetchKind.None:
                Failures = 0;
                everAnswered = true;
                Drop(answer.Problem!);
                break;
            default:
                Failures++;
                LogFailed(Failures, answer.Problem!);
                if (Failures >= MaxFailures) Drop($"the controller could not be reached {Failures} times in a row: {answer.Problem}");
                else if (current is null) Problem = $"the controller could not be reached: {answer.Problem}";
                break;
        }
    }

    private PinglistFetch TryAdopt(PinglistFetch answer)
    {
        try
        {
            adopt(answer.Pinglist);
        }
        catch (FormatException error)
        {
            return new PinglistFetch(PinglistFetchKind.Failed, Problem: error.Message);
        }

        current = answer.Pinglist!;
        etag = answer.ETag;
        Problem = null;
        LogAdopted(current.PeerCount(), current.Omitted, current.Paused ? ", paused by the controller" : "");
        return answer;
    }

    private void Drop(string reason)
    {
        if (current is null && Problem != reason) LogNothingToProbe(reason);
        Problem = reason;

        // Without the ETag the next answer brings the whole list, since there is none at hand any more.
        etag = null;
        if (current is null) return;
        current = null;
        adopt(null);
        LogDropped(reason);
    }

    private TimeSpan NextWait()
    {
        // A fleet that starts before its server should not wait a whole interval for it.
        var wait = everAnswered ? interval : TimeSpan.FromTicks(Math.Min(interval.Ticks, FirstRetry.Ticks << Math.Min(Failures - 1, 10)));
        return wait * (0.9 + (0.2 * random.NextDouble()));
    }
}
