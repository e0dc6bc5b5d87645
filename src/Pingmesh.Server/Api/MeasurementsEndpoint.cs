using System.Globalization;
using System.IO.Compression;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Controller.Agents;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Wire;
using Pingmesh.Server.Access;
using Pingmesh.Server.OnDemand;

namespace Pingmesh.Server.Api;

/// <summary><c>POST /api/v1/measurements</c>: one batch of an agent. Answers 200 only when the batch is durable.</summary>
internal sealed class MeasurementsEndpoint(IngestPipeline ingest, AgentRegistry agents, OrderBoard orders, Forwarding? forwarding, TimeProvider time)
{
    /// <summary>Most bytes of an upload as sent.</summary>
    public const int MaxSentBytes = 2 << 20;

    /// <summary>Most bytes of an upload when unzipped: what stops a decompression bomb.</summary>
    public const int MaxBytes = 16 << 20;

    // The last second of the year 9999.
    private const long LatestMilliseconds = 253_402_300_799_000;

    public async Task<IResult> PostAsync(HttpContext context)
    {
        var request = context.Request;
        if (!TryReadClock(request, out var clockBehind)) return Problem(StatusCodes.Status400BadRequest, $"{AgentIdentity.SentHeader} is no time in milliseconds of Unix time");
        if (request.ContentType?.Split(';')[0].Trim() is not "application/x-protobuf")
            return Problem(StatusCodes.Status415UnsupportedMediaType, "Content-Type must be application/x-protobuf");
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip"))
            return Problem(StatusCodes.Status415UnsupportedMediaType, $"Content-Encoding '{encoding}' is not known; send gzip or identity");
        ReadOnlyMemory<byte> bytes;
        try
        {
            await using var body = encoding is "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
            bytes = await ReadAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
        catch (InvalidDataException error)
        {
            return Problem(StatusCodes.Status400BadRequest, $"the body is not gzip as Content-Encoding says: {error.Message}");
        }

        if (bytes.Length > MaxBytes) return Problem(StatusCodes.Status413PayloadTooLarge, $"the batch is larger than {MaxBytes} bytes when unzipped");

        var host = AccessControl.AgentOf(context) ?? HostOf(bytes);
        OrdersEndpoint.Signal(context, orders, host);
        if (forwarding?.ElsewhereFor(request, HostOf(bytes)) is { } owner) return await forwarding.PassOnAsync(context, owner, bytes).ConfigureAwait(false);
        var result = await ingest.AcceptAsync(bytes, AccessControl.AgentOf(context), clockBehind ?? TimeSpan.Zero).ConfigureAwait(false);
        if (result.Status == IngestStatus.Accepted && result.Origin is { } origin)
        {
            agents.RecordUpload(
                origin.Host, origin.Epoch, origin.Sequence, origin.AgentVersion, origin.LostBatches, origin.LostProbes, origin.NoisyAt, origin.Noise, clockBehind);
        }

        if (result is { Status: IngestStatus.Invalid, Origin.Host: { } refused } && clockBehind is { } off && (AccessControl.AgentOf(context) ?? refused) == refused)
            agents.RecordClock(refused, off);
        return Answer(context, result);
    }

    // Empty when it cannot be read, which whoever reads all of it will tell.
    private static string HostOf(ReadOnlyMemory<byte> batch)
    {
        try
        {
            var input = new CodedInputStream(batch.ToArray());
            while (input.ReadTag() is not 0 and var tag)
            {
                if (WireFormat.GetTagFieldNumber(tag) == MeasurementBatch.HostFieldNumber) return input.ReadString();
                input.SkipLastField();
            }
        }
        catch (InvalidProtocolBufferException)
        {
        }

        return "";
    }

    // Null where the agent does not say.
    private bool TryReadClock(HttpRequest request, out TimeSpan? behind)
    {
        behind = null;
        if (!request.Headers.TryGetValue(AgentIdentity.SentHeader, out var sent)) return true;
        if (!long.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds > LatestMilliseconds) return false;
        behind = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return true;
    }

    private static IResult Answer(HttpContext context, IngestResult result)
    {
        switch (result.Status)
        {
            case IngestStatus.Accepted:
                return Results.Ok(new UploadResponse(Duplicate: false));
            case IngestStatus.Duplicate:
                return Results.Ok(new UploadResponse(Duplicate: true));
            case IngestStatus.Invalid:
                return Problem(StatusCodes.Status400BadRequest, result.Problem!);
            case IngestStatus.Forbidden:
                return Problem(StatusCodes.Status403Forbidden, result.Problem!);
            case IngestStatus.Busy:
                context.Response.Headers.RetryAfter = "2";
                return Problem(StatusCodes.Status429TooManyRequests, result.Problem!);
            default:
                context.Response.Headers.RetryAfter = "5";
                return Problem(StatusCodes.Status503ServiceUnavailable, result.Problem!);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, CancellationToken cancel)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (memory.Length <= MaxBytes)
        {
            var count = await body.ReadAsync(buffer, cancel).ConfigureAwait(false);
            if (count == 0) break;
            memory.Write(buffer, 0, count);
        }

        return memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }

    private static IResult Problem(int status, string detail) => Results.Problem(statusCode: status, title: "Upload not taken", detail: detail);
}

/// <summary>The answer to an upload that counts.</summary>
/// <param name="Duplicate">Whether the batch had been accepted before.</param>
public sealed record UploadResponse(bool Duplicate);
