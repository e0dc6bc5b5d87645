using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Pingmesh.Server.Api;

/// <summary>Forms in which a JSON document can be had, chosen by <c>Accept</c>: JSON, YAML or XML, all of the same content.</summary>
internal sealed record DocumentFormat(string Name, string MediaType, Func<ReadOnlyMemory<byte>, string, byte[]> Convert)
{
    private static readonly DocumentFormat Json = new("json", "application/json", (json, _) => json.ToArray());
    private static readonly DocumentFormat Yaml = new("yaml", "application/yaml", (json, _) => JsonToYaml.Convert(json));
    private static readonly DocumentFormat Xml = new("xml", "application/xml", JsonToXml.Convert);

    private static readonly Dictionary<string, DocumentFormat> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["*/*"] = Json, ["application/*"] = Json, ["application/json"] = Json,
        ["application/yaml"] = Yaml, ["application/x-yaml"] = Yaml, ["text/yaml"] = Yaml,
        ["application/xml"] = Xml, ["text/xml"] = Xml,
    };

    /// <summary>The words that <c>Accept</c> can say.</summary>
    public static string Choices => "application/json, application/yaml, application/xml";

    /// <summary>The format that a request wants most; null when it wants none of these (RFC 9110, section 12.5.1).</summary>
    public static DocumentFormat? Of(StringValues accept)
    {
        if (StringValues.IsNullOrEmpty(accept)) return Json;
        if (!MediaTypeHeaderValue.TryParseList(accept, out var wanted)) return null;
        return wanted.Where(type => type.Quality is null or > 0).OrderByDescending(type => type.Quality ?? 1)
            .Select(type => Known.GetValueOrDefault(type.MediaType.Value ?? "")).FirstOrDefault(format => format is not null);
    }

    /// <summary>The entity tag of this form of a document, given that of its JSON.</summary>
    public string Tag(string etag) => this == Json ? etag : $"{etag[..^1]}-{Name}\"";
}
