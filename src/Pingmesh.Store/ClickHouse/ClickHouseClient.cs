using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Pingmesh.Store.ClickHouse;

/// <summary>
/// Speaks with ClickHouse over its HTTP interface. Trouble comes as <see cref="StoreUnavailableException"/>: the same
/// call may be made again.
/// </summary>
internal sealed class ClickHouseClient : IDisposable
{
    // ClickHouse's own codes of errors: no more space, and tables or databases that are missing.
    private const int NotEnoughSpace = 243;
    private const int UnknownTable = 60;
    private const int UnknownDatabase = 81;

    // Long lists of numbers stand in statements.
    private const string Limits = "max_query_size=67108864&max_ast_elements=10000000&max_expanded_ast_elements=10000000";

    private readonly ClickHouseSettings settings;
    private readonly HttpClient http;
    private int preferred;

    public ClickHouseClient(ClickHouseSettings settings)
    {
        this.settings = settings;
        http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = false, UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.GZip,
        })
        {
            Timeout = TimeSpan.FromMinutes(5),
        };
        if (settings.User is not null) http.DefaultRequestHeaders.Add("X-ClickHouse-User", settings.User);
        if (settings.Password is not null) http.DefaultRequestHeaders.Add("X-ClickHouse-Key", settings.Password);
    }

    /// <summary>Where it is.</summary>
    public ClickHouseSettings Settings => settings;

    /// <summary>Runs a statement that answers nothing, on one node or on a given one.</summary>
    public async Task RunAsync(string sql, CancellationToken cancellationToken, Uri? node = null)
    {
        using var response = await SendAsync(sql, null, node, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a statement on every node.</summary>
    public async Task RunEverywhereAsync(string sql, CancellationToken cancellationToken)
    {
        foreach (var node in settings.Urls) await RunAsync(sql, cancellationToken, node).ConfigureAwait(false);
    }

    /// <summary>The one value that a query answers, as text; empty when there is no row.</summary>
    public async Task<string> ValueAsync(string sql, CancellationToken cancellationToken, Uri? node = null)
    {
        using var response = await SendAsync($"{sql} FORMAT TabSeparated", null, node, cancellationToken).ConfigureAwait(false);
        return (await ReadAsync(response, cancellationToken).ConfigureAwait(false)).Trim('\n');
    }

    /// <summary>The rows that a query answers, read by <paramref name="row"/>.</summary>
    public async Task QueryAsync(string sql, Action<RowBinaryReader> row, CancellationToken cancellationToken)
    {
        using var response = await SendAsync($"{sql} FORMAT RowBinary", null, null, cancellationToken).ConfigureAwait(false);
        try
        {
            using var reader = new RowBinaryReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) row(reader);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new StoreUnavailableException($"ClickHouse: the answer broke off: {error.Message}", isFull: false, error);
        }
    }

    /// <summary>Inserts rows; on return every shard has its own.</summary>
    public async Task InsertAsync(string table, string columns, ReadOnlyMemory<byte> rows, CancellationToken cancellationToken)
    {
        using var response = await SendAsync($"INSERT INTO {table} ({columns}) FORMAT RowBinary", rows, null, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string sql, ReadOnlyMemory<byte>? rows, Uri? node, CancellationToken cancellationToken)
    {
        for (var tried = 0; ; tried++)
        {
            var start = Volatile.Read(ref preferred);
            var url = node ?? settings.Urls[start % settings.Urls.Count];
            try
            {
                return await SendToAsync(url, sql, rows, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException error)
            {
                // Only where the statement cannot have arrived it may go to another node.
                var last = node is not null || tried + 1 >= settings.Urls.Count || error.InnerException is not SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable };
                if (last) throw new StoreUnavailableException($"ClickHouse at {url}: {error.InnerException?.Message ?? error.Message}", isFull: false, error);
                Interlocked.CompareExchange(ref preferred, start + 1, start);
            }
            catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
            {
                throw new StoreUnavailableException($"ClickHouse at {url} did not answer within {http.Timeout.TotalSeconds:F0} s", isFull: false, error);
            }
        }
    }

    private async Task<HttpResponseMessage> SendToAsync(Uri url, string sql, ReadOnlyMemory<byte>? rows, CancellationToken cancellationToken)
    {
        // An answer is sent only when it is whole, so that an error is never taken for its end.
        var address = $"{url.ToString().TrimEnd('/')}/?insert_distributed_sync=1&wait_end_of_query=1&enable_http_compression=1&{Limits}";
        using var request = new HttpRequestMessage(HttpMethod.Post, rows is null ? address : $"{address}&query={Uri.EscapeDataString(sql)}")
        {
            Content = rows is { } body ? new ReadOnlyMemoryContent(body) : new StringContent(sql),
        };
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.OK) return response;
        using (response) throw ErrorOf(url, await ReadAsync(response, cancellationToken).ConfigureAwait(false));
    }

    private static Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) => response.Content.ReadAsStringAsync(cancellationToken);

    // Such as "Code: 60, e.displayText() = DB::Exception: Table ... doesn't exist., ...".
    private static StoreUnavailableException ErrorOf(Uri url, string text)
    {
        const string Start = "Code: ";
        var line = text.Length <= 500 ? text.Trim() : text[..500] + "...";
        var code = 0;
        if (text.StartsWith(Start, StringComparison.Ordinal))
            _ = int.TryParse(text.AsSpan(Start.Length, Math.Max(0, text.IndexOfAny([',', '.'], Start.Length) - Start.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out code);
        return code is UnknownTable or UnknownDatabase
            ? new StoreUnavailableException($"ClickHouse at {url}: the tables are not there; run 'pingmesh store migrate' ({line})", isFull: false)
            : new StoreUnavailableException($"ClickHouse at {url}: {line}", isFull: code == NotEnoughSpace);
    }
}
