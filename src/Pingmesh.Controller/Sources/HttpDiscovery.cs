
namespace Pingmesh.Controller.Sources;

/// <summary>Asks a service for its hosts in the form of Prometheus's <c>http_sd</c>.</summary>
/// <param name="http">The client.</param>
/// <param name="url">The document's address.</param>
/// <param name="documents">Reads the document.</param>
public sealed class HttpDiscovery(HttpClient http, Uri url, ServiceDiscovery documents)
{
    /// <summary>Asks once.</summary>
    /// <exception cref="SourceException">There was no answer, or none that can be used; says why.</exception>
    public async Task<IReadOnlyList<HostEntry>> AskAsync(CancellationToken cancel)
    {
        try
        {
            using var answer = await http.GetAsync(url, cancel).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode) throw new SourceException($"HTTP {(int)answer.StatusCode}");
            var text = await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            var (hosts, errors) = documents.Read(text, url.ToString());
            return hosts ?? throw new SourceException(string.Join('\n', errors.Take(5)));
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new SourceException(error.Message, error);
        }
    }
}
