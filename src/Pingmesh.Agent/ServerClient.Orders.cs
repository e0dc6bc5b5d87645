using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Pingmesh.Agent.OnDemand;
using Pingmesh.Core.OnDemand;

namespace Pingmesh.Agent;

public sealed partial class ServerClient
{
    /// <summary>Called when an answer tells that orders wait for this host; from any thread.</summary>
    public Action? OrdersWait { get; set; }

    /// <summary>Asks for the orders of this host; the server answers at once when there are some, else after <paramref name="wait"/>.</summary>
    public async Task<OrderFetch> FetchOrdersAsync(TimeSpan wait, CancellationToken cancel)
    {
        try
        {
            var seconds = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/tests/orders/{Uri.EscapeDataString(host)}?wait={seconds}");
            using var response = await SendAsync(request, cancel).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK) return new OrderFetch([], await DescribeAsync(response, cancel).ConfigureAwait(false));
            var bytes = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            return new OrderFetch([.. TestJson.ReadOrders(bytes).Where(order => order.Host == host).Take(OnDemandLimits.OrdersPerHost)]);
        }
        catch (Exception error) when (IsTrouble(error, cancel))
        {
            return new OrderFetch([], Describe(error));
        }
    }

    /// <summary>Sends a report.</summary>
    public async Task<ReportResult> SendReportAsync(TestReport report, CancellationToken cancel)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(TestJson.Write(report));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/tests/reports/{Uri.EscapeDataString(host)}") { Content = content };
            using var response = await SendAsync(request, cancel).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return new ReportResult(IsDone: true);
            var isForGood = (int)response.StatusCode is >= 400 and < 500 && response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests);
            return new ReportResult(isForGood, await DescribeAsync(response, cancel).ConfigureAwait(false));
        }
        catch (Exception error) when (IsTrouble(error, cancel))
        {
            return new ReportResult(IsDone: false, Describe(error));
        }
    }
}
