using Microsoft.AspNetCore.Http;

namespace Pingmesh.Server.Api;

/// <summary>Reads the bodies of requests that are read as a whole.</summary>
internal static class RequestBody
{
    /// <summary>The body.</summary>
    /// <exception cref="BadHttpRequestException">It is larger than <paramref name="most"/> bytes (413).</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int most)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false) is > 0 and var count)
        {
            if (memory.Length + count > most) throw new BadHttpRequestException($"the body is larger than {most} bytes", StatusCodes.Status413PayloadTooLarge);
            memory.Write(buffer, 0, count);
        }

        return memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }
}
