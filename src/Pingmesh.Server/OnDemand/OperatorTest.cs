using System.Text.Json;
using Pingmesh.Core.OnDemand;
using Pingmesh.Store;

namespace Pingmesh.Server.OnDemand;

/// <summary>A test that an operator asked for: orders to one or more agents.</summary>
/// <param name="Id">Unique.</param>
/// <param name="From">Whose agents, as it was asked for.</param>
/// <param name="To">What they test, as it was asked for.</param>
/// <param name="By">The operator.</param>
/// <param name="At">When it was asked for.</param>
/// <param name="Targets">Names of the hosts that are tested, in the order of <paramref name="Orders"/>.</param>
/// <param name="Orders">The orders, at least one.</param>
internal sealed record OperatorTest(string Id, string From, string To, string By, DateTimeOffset At, IReadOnlyList<string> Targets, IReadOnlyList<TestOrder> Orders)
{
    /// <summary>Kind of its documents.</summary>
    public const string Kind = "test";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Whether its orders have no time left.</summary>
    public bool IsOver(DateTimeOffset now) => now - At > OnDemandLimits.OrderLifetime;

    /// <summary>Its document.</summary>
    public Document ToDocument()
    {
        using var orders = JsonDocument.Parse(TestJson.Write(Orders));
        return new Document(Kind, Id, 1, At, JsonSerializer.Serialize(new Kept(From, To, By, Targets, orders.RootElement), Json));
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="FormatException">It is none of a test; says why.</exception>
    public static OperatorTest Of(Document document)
    {
        try
        {
            var kept = JsonSerializer.Deserialize<Kept>(document.Json, Json) ?? throw new FormatException($"test {document.Id}: 'null' is no test");
            return new OperatorTest(document.Id, kept.From, kept.To, kept.By, document.Time, kept.Targets, TestJson.ReadOrders(JsonSerializer.SerializeToUtf8Bytes(kept.Orders)));
        }
        catch (JsonException error)
        {
            throw new FormatException($"test {document.Id}: {error.Message}", error);
        }
    }

    private sealed record Kept(string From, string To, string By, IReadOnlyList<string> Targets, JsonElement Orders);
}
