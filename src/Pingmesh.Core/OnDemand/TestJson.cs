using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pingmesh.Core.Probes;

namespace Pingmesh.Core.OnDemand;

/// <summary>
/// The JSON form of orders and reports, between server and agent and in the store: names in snake case, kinds and errors by name, addresses
/// as text. Members that this version does not know are passed over, so that other versions can add some.
/// </summary>
public static class TestJson
{
    /// <summary>UTF-8 JSON of orders.</summary>
    public static byte[] Write(IReadOnlyList<TestOrder> orders) => JsonSerializer.SerializeToUtf8Bytes(orders, TestJsonContext.Default.IReadOnlyListTestOrder);

    /// <summary>JSON of an order.</summary>
    public static string Write(TestOrder order) => JsonSerializer.Serialize(order, TestJsonContext.Default.TestOrder);

    /// <summary>UTF-8 JSON of a report.</summary>
    public static byte[] Write(TestReport report) => JsonSerializer.SerializeToUtf8Bytes(report, TestJsonContext.Default.TestReport);

    /// <summary>Reads orders.</summary>
    /// <exception cref="FormatException">They are none; says where.</exception>
    public static IReadOnlyList<TestOrder> ReadOrders(ReadOnlySpan<byte> json)
    {
        try
        {
            var orders = JsonSerializer.Deserialize(json, TestJsonContext.Default.IReadOnlyListTestOrder);
            return orders is not null && !orders.Contains(null!) ? orders : throw new FormatException("orders: 'null' is no order");
        }
        catch (JsonException error)
        {
            throw new FormatException($"orders: {error.Message}", error);
        }
    }

    /// <summary>Reads an order.</summary>
    /// <exception cref="FormatException">It is none; says where.</exception>
    public static TestOrder ReadOrder(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TestJsonContext.Default.TestOrder) ?? throw new FormatException("order: 'null' is no order");
        }
        catch (JsonException error)
        {
            throw new FormatException($"order: {error.Message}", error);
        }
    }

    /// <summary>Reads a report.</summary>
    /// <exception cref="FormatException">It is none; says where.</exception>
    public static TestReport ReadReport(ReadOnlySpan<byte> json)
    {
        try
        {
            var report = JsonSerializer.Deserialize(json, TestJsonContext.Default.TestReport) ?? throw new FormatException("report: 'null' is no report");

            // The serializer looks for null in members only, not in the elements of lists.
            if (report.Probes.Contains(null!) || report.Flows.Any(flow => flow is null || flow.Hops.Any(hop => hop is null || hop.Addresses.Contains(null!))))
                throw new FormatException("report: a list holds 'null'");
            return report;
        }
        catch (JsonException error)
        {
            throw new FormatException($"report: {error.Message}", error);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(AddressConverter), typeof(TestKindConverter), typeof(ProbeKindConverter), typeof(ProbeErrorConverter), typeof(LossDirectionConverter)])]
[JsonSerializable(typeof(IReadOnlyList<TestOrder>))]
[JsonSerializable(typeof(TestReport))]
internal sealed partial class TestJsonContext : JsonSerializerContext;

/// <summary>A value as text.</summary>
internal abstract class TextConverter<T> : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || reader.GetString() is not { } text) throw new JsonException();
        return TryRead(text, out var value) ? value : throw new JsonException($"'{text}' is no {What}");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(TextOf(value));

    protected abstract string What { get; }

    protected abstract bool TryRead(string text, out T value);

    protected abstract string TextOf(T value);
}

internal sealed class AddressConverter : TextConverter<IPAddress>
{
    protected override string What => "IP address";

    protected override bool TryRead(string text, out IPAddress value)
    {
        var read = IPAddress.TryParse(text, out var address);
        value = address!;
        return read;
    }

    protected override string TextOf(IPAddress value) => value.ToString();
}

internal sealed class TestKindConverter : TextConverter<TestKind>
{
    protected override string What => "kind of test";

    protected override bool TryRead(string text, out TestKind value)
    {
        var found = TestNames.FindTest(text);
        value = found ?? default;
        return found is not null;
    }

    protected override string TextOf(TestKind value) => value.Name();
}

internal sealed class ProbeKindConverter : TextConverter<ProbeKind>
{
    protected override string What => "kind of probe";

    protected override bool TryRead(string text, out ProbeKind value)
    {
        var found = ProbeNames.FindKind(text);
        value = found ?? default;
        return found is not null;
    }

    protected override string TextOf(ProbeKind value) => value.Name();
}

internal sealed class ProbeErrorConverter : TextConverter<ProbeError>
{
    protected override string What => "error of a probe";

    protected override bool TryRead(string text, out ProbeError value)
    {
        var found = ProbeNames.FindError(text);
        value = found ?? default;
        return found is not null;
    }

    protected override string TextOf(ProbeError value) => value.Name();
}

internal sealed class LossDirectionConverter : TextConverter<LossDirection>
{
    protected override string What => "direction of a loss";

    protected override bool TryRead(string text, out LossDirection value)
    {
        var found = ProbeNames.FindDirection(text);
        value = found ?? default;
        return found is not null;
    }

    protected override string TextOf(LossDirection value) => value.Name();
}
