using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Pingmesh.Server.Alerts.Delivery;

namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>One HTTP request to a receiver, and what its answer means. Addresses hold secrets and are told to nobody.</summary>
internal sealed class HttpPost(HttpClient http, TimeSpan timeout, TimeProvider time)
{
    private const int MostOfAnswer = 64 << 10;

    /// <summary>Sends a request.</summary>
    /// <param name="request">The request; disposed of.</param>
    /// <param name="judge">Says of a successful answer's body why it is no success; null when it is one.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<DeliveryResult> SendAsync(HttpRequestMessage request, Func<string, DeliveryResult?>? judge, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        try
        {
            using (request)
            using (var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false))
            {
                var text = await ReadAsync(answer, limit.Token).ConfigureAwait(false);
                return Judge(answer, text, judge);
            }
        }
        catch (HttpRequestException error)
        {
            return DeliveryResult.Failed(error.Message);
        }
        catch (IOException error)
        {
            return DeliveryResult.Failed($"the answer broke off: {error.Message}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return DeliveryResult.Failed($"no answer within {timeout.TotalSeconds:F0} s");
        }
    }

    /// <summary>The number under a key of a JSON body; null when there is none.</summary>
    public static long? Number(string json, string key)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(key, out var value) && value.TryGetInt64(out var number) ? number : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private DeliveryResult Judge(HttpResponseMessage answer, string text, Func<string, DeliveryResult?>? judge)
    {
        if (answer.IsSuccessStatusCode) return judge?.Invoke(text) ?? DeliveryResult.Delivered();
        var status = (int)answer.StatusCode;
        var detail = $"HTTP {status}: {Short(text)}";

        // What is the sender's mistake will be one the next time, too; 408 and 429 only ask for time.
        return status is >= 400 and < 500 && answer.StatusCode is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests)
            ? DeliveryResult.Refused(detail)
            : DeliveryResult.Failed(detail, RetryAfter(answer.Headers.RetryAfter));
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };

    private static async Task<string> ReadAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var stream = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var bytes = new byte[MostOfAnswer];
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
            return System.Text.Encoding.UTF8.GetString(bytes, 0, length);
        }
    }

    /// <summary>The beginning of an answer, on one line.</summary>
    public static string Short(string text)
    {
        const int most = 200;
        var line = new string([.. text.Take(most).Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        return text.Length > most ? line + " ..." : line;
    }
}
