using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Controller.Agents;
using Pingmesh.Server.Access;

namespace Pingmesh.Server.Api;

/// <summary><c>POST /api/v1/measurements</c>: one batch of an agent. Answers 200 only when the batch is durable.</summary>
internal sealed class MeasurementsEndpoint(IngestPipeline ingest, AgentRegistry agents)
{
    /// <summary>Most bytes of an upload as sent.</summary>
    public const int MaxSentBytes = 2 << 20;

    /// <summary>Most bytes of an upload when unzipped: what stops a decompression bomb.</summary>
    public const int MaxBytes = 16 << 20;

    public async Task<IResult> PostAsync(HttpContext context)
    {
        var request = context.Request;
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

        var result = await ingest.AcceptAsync(bytes, AccessControl.AgentOf(context)).ConfigureAwait(false);
        if (result.Status == IngestStatus.Accepted && result.Origin is { } origin)
        {
            agents.RecordUpload(
                origin.Host, origin.Epoch, origin.Sequence, origin.AgentVersion, origin.LostBatches, origin.LostProbes, origin.NoisyAt, origin.Noise);
        }

        return Answer(context, result);
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
