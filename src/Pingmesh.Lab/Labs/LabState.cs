using System.Text.Json;
using System.Text.Json.Serialization;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;

namespace Pingmesh.Lab.Labs;

/// <summary>What is known of a lab between two commands; kept in its folder.</summary>
public sealed record LabState
{
    private const string FileName = "lab.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its fabric.</summary>
    public required FabricShape Shape { get; init; }

    /// <summary>Whether the fabric was made to the end.</summary>
    public bool IsBuilt { get; init; }

    /// <summary>Port of its server; null without one.</summary>
    public int? Port { get; init; }

    /// <summary>Its processes.</summary>
    public IReadOnlyList<LabProcess> Processes { get; init; } = [];

    /// <summary>The faults in force.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>Number of the next fault.</summary>
    public int NextFault { get; init; } = 1;

    /// <summary>Reads it; null when there is none, or none that can be read.</summary>
    public static LabState? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<LabState>(File.ReadAllText(Path.Combine(folder, FileName)), Json);
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            // What a crash in mid-write left, or an older program: cleaned up like any other leftover.
            return null;
        }
    }

    /// <summary>Writes it in one step.</summary>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(this, Json));
        File.Move(path + ".new", path, overwrite: true);
    }
}
