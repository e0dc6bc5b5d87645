using System.IO.Compression;
using Microsoft.Extensions.Logging;
using Pingmesh.Agent.Upload;
using Pingmesh.Core.Wire;
using Pingmesh.UnitTests.Controller;

namespace Pingmesh.UnitTests.Agent;

public sealed class UploaderTests : IDisposable
{
    private static readonly UploadResult Accepted = new(UploadResultKind.Accepted);
    private static readonly UploadResult Refused = new(UploadResultKind.Refused, "HTTP 400: malformed");
    private static readonly UploadResult Failed = new(UploadResultKind.Failed, "HTTP 503");

    private readonly VirtualTime time = new();
    private readonly TemporaryFolder folder = new();
    private readonly RecordingLogger log = new();
    private readonly Spool spool;
    private readonly Uploader uploader;
    private readonly List<ulong> sent = [];
    private readonly Queue<UploadResult> answers = new();
    private UploadResult answer = Accepted;
    private ulong sequence;
    private ulong failing;

    public UploaderTests()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        spool = new Spool(folder.Path, 64 << 10);
        uploader = new Uploader(Upload, spool, time, log);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Accepted_batch_is_counted_and_not_spooled()
    {
        await Send();
        await uploader.SendAsync(null, 0, CancellationToken.None);
        Assert.Equal([1], sent);
        Assert.Equal((1L, 0L, 0), (uploader.Accepted, uploader.Refused, spool.Count));
        Assert.InRange(uploader.Bytes, 20, 200);
    }

    [Fact]
    public async Task Batch_refused_for_good_is_neither_retried_nor_spooled()
    {
        answer = Refused;
        await Send();
        Assert.Equal([1], sent);
        Assert.Equal((0L, 1L, 0), (uploader.Accepted, uploader.Refused, spool.Count));
        Assert.Contains("Error: The server refused a batch for good: HTTP 400: malformed", log.Lines);
    }

    [Fact]
    public async Task Failed_batch_is_tried_again_once_after_a_moment()
    {
        answers.Enqueue(Failed);
        var sending = Send();
        Assert.False(sending.IsCompleted);
        Assert.Equal([1], sent);
        time.Advance(TimeSpan.FromSeconds(1));
        await sending;
        Assert.Equal([1, 1], sent);
        Assert.Equal((1L, 0), (uploader.Accepted, spool.Count));
    }

    [Fact]
    public async Task Batch_that_fails_twice_is_spooled_and_the_next_ones_are_tried_once_each()
    {
        answer = Failed;
        await SendWaiting();
        await Send();
        await Send();
        Assert.Equal([1, 1, 2, 3], sent);
        Assert.Equal(3, spool.Count);

        // Said when it began, not with every batch.
        Assert.Equal(2, log.Lines.Count(line => line.Contains("HTTP 503", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Recovery_sends_the_new_batch_first_then_the_oldest_spooled_ones_five_a_turn()
    {
        answer = Failed;
        await SendWaiting();
        for (var i = 0; i < 6; i++) await Send();
        Assert.Equal(7, spool.Count);
        sent.Clear();
        answer = Accepted;
        await Send();
        Assert.Equal([8, 1, 2, 3, 4, 5], sent);
        Assert.Contains(log.Lines, line => line.Contains("takes measurements again; 7 batches", StringComparison.Ordinal));
        await uploader.SendAsync(null, 0, CancellationToken.None);
        Assert.Equal([8, 1, 2, 3, 4, 5, 6, 7], sent);
        Assert.Equal((8L, 0, 0L), (uploader.Accepted, spool.Count, spool.LostBatches));
    }

    [Fact]
    public async Task Spooled_batch_that_fails_again_stays_and_one_that_is_refused_goes()
    {
        answer = Failed;
        await SendWaiting();
        await Send();
        await uploader.SendAsync(null, 0, CancellationToken.None);
        Assert.Equal(2, spool.Count);
        answers.Enqueue(Refused);
        await uploader.SendAsync(null, 0, CancellationToken.None);
        Assert.Equal([1, 1, 2, 1, 2, 1], sent);
        Assert.Equal((1, 1L), (spool.Count, uploader.Refused));
    }

    [Fact]
    public async Task Batch_on_which_the_server_always_fails_does_not_hold_up_those_behind_it()
    {
        answer = Failed;
        await SendWaiting();
        for (var i = 0; i < 3; i++) await Send();
        sent.Clear();
        answer = Accepted;
        failing = 1;
        for (var i = 0; i < 3; i++) await uploader.SendAsync(null, 0, CancellationToken.None);
        Assert.Equal([1, 2, 3, 4, 1, 1], sent);
        Assert.Equal(1, spool.Count);
        failing = 0;
        await uploader.SendAsync(null, 0, CancellationToken.None);
        Assert.Equal(0, spool.Count);
    }

    [Fact]
    public async Task Server_that_asks_to_wait_is_left_alone_that_long_but_not_for_ever()
    {
        answer = Failed with { RetryAfter = TimeSpan.FromSeconds(40) };
        await SendWaiting();
        Assert.Equal([1], sent);
        answer = Accepted;
        time.Advance(TimeSpan.FromSeconds(38));
        await Send();
        await uploader.SendAsync(null, 0, CancellationToken.None);
        Assert.Equal((1, 2), (sent.Count, spool.Count));
        time.Advance(TimeSpan.FromSeconds(1));
        await Send();
        Assert.Equal([1, 3, 1, 2], sent);

        answers.Enqueue(Failed with { RetryAfter = TimeSpan.FromDays(10_000) });
        await SendWaiting();
        time.Advance(TimeSpan.FromMinutes(5));
        await Send();
        Assert.Equal([1, 3, 1, 2, 4, 5, 4], sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Batch_is_spooled_when_the_agent_stops_while_it_is_sent_or_waits_for_its_second_try(bool whileSending)
    {
        using var stop = new CancellationTokenSource();
        var hanging = new Uploader(
            async (_, cancel) =>
            {
                if (whileSending) await Task.Delay(Timeout.Infinite, cancel);
                return Failed;
            },
            spool, time, log);
        var sending = hanging.SendAsync(Next(), 9, stop.Token);
        Assert.False(sending.IsCompleted);
        await stop.CancelAsync();
        await sending.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal((1, 9L), (spool.Count, spool.After(null)!.Probes));
        Assert.Equal(1UL, Read(spool.Read(spool.After(null)!)).Sequence);
    }

    [Fact]
    public async Task What_the_spool_gave_up_is_reported_in_the_next_batch()
    {
        answer = Failed;
        spool.Write(new BatchId(1, 1, 1), new byte[(64 << 10) + 1], 33);
        await SendWaiting();
        var batch = Read(spool.Read(spool.After(null)!));
        Assert.Equal((1UL, 33UL), (batch.LostBatches, batch.LostProbes));
    }

    private static MeasurementBatch Read(ReadOnlyMemory<byte>? gzipped)
    {
        using var gzip = new GZipStream(new MemoryStream(gzipped!.Value.ToArray()), CompressionMode.Decompress);
        return MeasurementBatch.Parser.ParseFrom(gzip);
    }

    private MeasurementBatch Next() =>
        new() { Host = "h", Epoch = 7, Sequence = ++sequence, CreatedUnixUs = 1_700_000_000_000_000 + (long)sequence };

    private Task Send() => uploader.SendAsync(Next(), 10, CancellationToken.None);

    /// <summary>Sends a batch, and lets the pause before its second try pass.</summary>
    private async Task SendWaiting()
    {
        var sending = Send();
        time.Advance(TimeSpan.FromSeconds(1));
        await sending;
    }

    private Task<UploadResult> Upload(ReadOnlyMemory<byte> batch, CancellationToken cancel)
    {
        sent.Add(Read(batch).Sequence);
        if (sent[^1] == failing) return Task.FromResult(Failed);
        return Task.FromResult(answers.TryDequeue(out var scripted) ? scripted : answer);
    }
}
