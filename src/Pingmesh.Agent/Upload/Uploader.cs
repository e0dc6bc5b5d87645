using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Pingmesh.Core.Wire;

namespace Pingmesh.Agent.Upload;

/// <summary>
/// Gets batches to the server: at once, again after a moment, else by way of the spool. New batches go before spooled
/// ones, since what is live is wanted first; the spool follows at a bounded pace, so that a fleet that finds its server
/// again does not bury it.
/// </summary>
public sealed partial class Uploader
{
    private const int SpooledPerTurn = 5;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // Whatever the server asks for, it is tried again within minutes: what waits on a full spool is lost.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly Func<ReadOnlyMemory<byte>, CancellationToken, Task<UploadResult>> upload;
    private readonly Spool spool;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private DateTimeOffset notBefore;

    // The one after it comes first the next time: a batch on which the server fails must not hold up the others.
    private SpooledBatch? failed;
    private bool reachable = true;

    /// <summary>An uploader over a spool.</summary>
    public Uploader(
        Func<ReadOnlyMemory<byte>, CancellationToken, Task<UploadResult>> upload, Spool spool, TimeProvider time, ILogger logger)
    {
        this.upload = upload;
        this.spool = spool;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Batches the server has taken.</summary>
    public long Accepted { get; private set; }

    /// <summary>Batches the server refused for good.</summary>
    public long Refused { get; private set; }

    /// <summary>Bytes of all batches the server has taken, as sent.</summary>
    public long Bytes { get; private set; }

    /// <summary>Sends a batch, or spools it; then sends some of the spool.</summary>
    /// <param name="batch">The batch, which may already say that probes were lost elsewhere; null when there is nothing new.</param>
    /// <param name="probes">How many probes are in it.</param>
    /// <param name="cancel">Cancelled: what is not sent yet is spooled.</param>
    public async Task SendAsync(MeasurementBatch? batch, long probes, CancellationToken cancel)
    {
        if (batch is not null && !await SendNewAsync(batch, probes, cancel).ConfigureAwait(false)) return;
        for (var i = 0; i < SpooledPerTurn && spool.After(failed) is { } spooled && !cancel.IsCancellationRequested; i++)
        {
            if (time.GetUtcNow() < notBefore) return;
            if (spool.Read(spooled) is not { } bytes) continue;
            var result = await TryAsync(bytes, cancel).ConfigureAwait(false);
            if (!Settle(result, bytes.Length))
            {
                failed = spooled;
                return;
            }

            spool.Remove(spooled);
        }
    }

    /// <summary>Sends a batch or spools it; false when the server was not to be had.</summary>
    private async Task<bool> SendNewAsync(MeasurementBatch batch, long probes, CancellationToken cancel)
    {
        batch.LostBatches = (ulong)spool.LostBatches;
        batch.LostProbes += (ulong)spool.LostProbes;
        var bytes = ServerClient.Gzip(batch.ToByteArray());
        if (time.GetUtcNow() >= notBefore)
        {
            if (Settle(await TryAsync(bytes, cancel).ConfigureAwait(false), bytes.Length)) return true;
            if (reachable && await WaitAsync(cancel).ConfigureAwait(false)
                && Settle(await TryAsync(bytes, cancel).ConfigureAwait(false), bytes.Length)) return true;
            reachable = false;
        }

        var problem = spool.Write(new BatchId(batch.CreatedUnixUs, batch.Epoch, batch.Sequence), bytes, probes);
        if (problem is not null) LogNotSpooled(problem, probes);
        return false;
    }

    private async Task<UploadResult> TryAsync(byte[] bytes, CancellationToken cancel)
    {
        try
        {
            return await upload(bytes, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new UploadResult(UploadResultKind.Failed, "the agent is stopping");
        }
    }

    private async Task<bool> WaitAsync(CancellationToken cancel)
    {
        try
        {
            await Task.Delay(RetryAfter, time, cancel).ConfigureAwait(false);
            return time.GetUtcNow() >= notBefore;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Counts an answer; true when the batch is done with.</summary>
    private bool Settle(UploadResult result, int bytes)
    {
        switch (result.Kind)
        {
            case UploadResultKind.Accepted:
                if (!reachable) LogRecovered(spool.Count);
                reachable = true;
                Accepted++;
                Bytes += bytes;
                return true;
            case UploadResultKind.Refused:
                Refused++;
                LogRefused(result.Problem!);
                return true;
            default:
                if (result.RetryAfter is { } wait) notBefore = time.GetUtcNow() + (wait < LongestWait ? wait : LongestWait);
                if (reachable) LogFailed(result.Problem!);
                return false;
        }
    }
}
