using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Access;
using Pingmesh.Server.OnDemand;

namespace Pingmesh.Server.Api;

/// <summary>
/// <c>POST /api/v1/tests</c>: has agents test now; <c>GET /api/v1/tests/{id}</c>: what they found, as it comes; <c>GET /api/v1/tests</c>: the last ones.
/// </summary>
internal sealed class TestsEndpoint(OperatorTests tests, Func<Topology> topology, TimeProvider time)
{
    private const int MaxBytes = 16 << 10;
    private const int MaxTests = 1_000;
    private const int DefaultTests = 50;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    };

    public async Task<IResult> PostAsync(HttpContext context)
    {
        var request = Parse(await RequestBody.ReadAsync(context, MaxBytes).ConfigureAwait(false));
        try
        {
            var test = await tests.StartAsync(request, AuditLog.ActorOf(context), context.RequestAborted).ConfigureAwait(false);
            return Results.Accepted($"/api/v1/tests/{test.Id}", TestResponse.Of(test, test.Orders.Select(_ => (Core.OnDemand.TestReport?)null), topology(), time.GetUtcNow()));
        }
        catch (TooManyTestsException error)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(error.Wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return Results.Problem(statusCode: StatusCodes.Status429TooManyRequests, title: "Too many tests", detail: $"{error.Message}; try again a little later.");
        }
    }

    public async Task<IResult> GetAsync(string id, CancellationToken cancel) => await tests.FindAsync(id, cancel).ConfigureAwait(false) is { } found
        ? Results.Ok(TestResponse.Of(found.Test, found.Reports, topology(), time.GetUtcNow()))
        : Results.Problem(statusCode: StatusCodes.Status404NotFound, title: "No such test", detail: $"There is no test '{id}', or not any more; GET /api/v1/tests lists the last ones.");

    public async Task<IReadOnlyList<TestSummaryResponse>> ListAsync(int? limit, CancellationToken cancel)
    {
        if (limit is < 1 or > MaxTests) throw new BadRequestException($"'limit' is {limit}; it goes from 1 to {MaxTests}");
        return [.. (await tests.RecentAsync(limit ?? DefaultTests, cancel).ConfigureAwait(false)).Select(TestSummaryResponse.Of)];
    }

    private static TestRequest Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<TestRequest>(body.Span, Json) ?? throw new BadRequestException("the body is 'null'; send for example {\"from\": \"host1\", \"to\": \"host2\"}");
        }
        catch (JsonException error)
        {
            throw new BadRequestException($"the body is no test: {error.Message} Send for example {{\"from\": \"host1\", \"to\": \"host2\", \"kind\": \"tcp\"}}");
        }
    }
}
