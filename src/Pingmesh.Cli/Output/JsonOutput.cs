using System.CommandLine;
using System.Text.Json;

namespace Pingmesh.Cli.Output;

/// <summary>What commands print for machines.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Option<bool> Option() => new("--json") { Description = "Print one JSON value, for machines." };

    public static void Write<T>(T value) => Console.WriteLine(Text(value));

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("'null' is no answer");
}
