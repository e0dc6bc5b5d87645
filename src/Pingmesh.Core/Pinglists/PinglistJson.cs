using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pingmesh.Core.Pinglists;

/// <summary>The JSON form of a pinglist: the same list gives the same bytes on every machine.</summary>
public static class PinglistJson
{
    /// <summary>UTF-8 JSON of <paramref name="pinglist"/>, without white space.</summary>
    public static byte[] Write(Pinglist pinglist) => JsonSerializer.SerializeToUtf8Bytes(pinglist, PinglistJsonContext.Default.Pinglist);

    /// <summary>Reads a pinglist. Members this version does not know are passed over, so that newer controllers can add some.</summary>
    /// <exception cref="FormatException">It is no JSON, or a member is missing or of the wrong type; says where.</exception>
    public static Pinglist Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var pinglist = JsonSerializer.Deserialize(json, PinglistJsonContext.Default.Pinglist)
                ?? throw new FormatException("pinglist: 'null' is no pinglist");
            // The serializer looks for null in members only, not in the elements of lists.
            if (pinglist.Addresses.Contains(null!) || pinglist.Groups.Any(group => group is null || group.Peers.Contains(null!)))
                throw new FormatException("pinglist: a list holds 'null'");
            return pinglist;
        }
        catch (JsonException error)
        {
            throw new FormatException($"pinglist: {error.Message}", error);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Pinglist))]
internal sealed partial class PinglistJsonContext : JsonSerializerContext;
