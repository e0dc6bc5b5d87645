using Microsoft.AspNetCore.Http;
using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Access;
using Pingmesh.Server.OnDemand;

namespace Pingmesh.Server.Api;

/// <summary>
/// <c>GET /api/v1/tests/orders/{host}</c>: the tests that a host's agent is to do, and <c>POST /api/v1/tests/reports/{host}</c>: what it found. For agents.
/// </summary>
internal sealed class OrdersEndpoint(OrderBoard board, CancellationToken stopping)
{
    private const int MaxWaitSeconds = 30;

    /// <summary>Tells an agent, by a header of an answer, that orders wait for it.</summary>
    public static void Signal(HttpContext context, OrderBoard board, string host)
    {
        if (board.HasOrders(host)) context.Response.Headers[OrderSignal.Header] = "1";
    }

    public async Task<IResult> GetAsync(string host, int? wait, HttpContext context)
    {
        if (NotIts(host, context) is { } refusal) return refusal;
        if (wait is < 0 or > MaxWaitSeconds) throw new BadRequestException($"'wait' is {wait}; it goes from 0 to {MaxWaitSeconds} seconds");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        var orders = await board.TakeAsync(host, TimeSpan.FromSeconds(wait ?? 0), end.Token).ConfigureAwait(false);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(TestJson.Write(orders), "application/json");
    }

    public async Task<IResult> PostAsync(string host, HttpContext context)
    {
        if (NotIts(host, context) is { } refusal) return refusal;
        var body = await RequestBody.ReadAsync(context, OnDemandLimits.MaxReportBytes).ConfigureAwait(false);
        TestReport report;
        try
        {
            report = TestJson.ReadReport(body.Span);
        }
        catch (FormatException error)
        {
            throw new BadRequestException(error.Message);
        }

        // 410: an order that is over is no mistake of the agent's, which has been slow; it need not send the report again.
        return await board.ReportAsync(host, report, context.RequestAborted).ConfigureAwait(false) is { } problem
            ? Results.Problem(statusCode: StatusCodes.Status410Gone, title: "Report not taken", detail: problem)
            : Results.NoContent();
    }

    private static IResult? NotIts(string host, HttpContext context)
    {
        if (!ScopeName.IsValid(host)) throw new BadRequestException($"'{host}' is no name for a host: {ScopeName.Rule}");
        return AccessControl.AgentOf(context) is { } own && own != host
            ? Results.Problem(statusCode: StatusCodes.Status403Forbidden, title: "Not allowed", detail: $"The credential is of host '{own}', which may not speak for '{host}'.")
            : null;
    }
}
