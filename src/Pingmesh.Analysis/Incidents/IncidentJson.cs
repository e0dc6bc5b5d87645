using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pingmesh.Analysis.Incidents;

/// <summary>How incidents are written: in the store, the API and alerts alike.</summary>
public static class IncidentJson
{
    /// <summary>Snake case, kinds and states as words with hyphens.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
        options.Converters.Add(new JsonStringEnumConverter<IncidentKind>(JsonNamingPolicy.KebabCaseLower));
        options.Converters.Add(new JsonStringEnumConverter<IncidentState>(JsonNamingPolicy.KebabCaseLower));
        options.MakeReadOnly(true);
        return options;
    }
}
