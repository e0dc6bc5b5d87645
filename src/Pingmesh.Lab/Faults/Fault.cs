using System.Text.Json.Serialization;

namespace Pingmesh.Lab.Faults;

/// <summary>A fault in a fabric: real in the lab, computed in the simulator.</summary>
/// <param name="Id">Its name, such as <c>f1</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="At">Where: see <see cref="FaultPlace"/>.</param>
/// <param name="Options">How much of it.</param>
/// <param name="Since">When it began.</param>
public sealed record Fault(string Id, [property: JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))] FaultKind Kind, string At, FaultOptions Options, DateTimeOffset Since)
{
    /// <summary>What it does, in one line.</summary>
    [JsonIgnore]
    public string Description => FaultCatalog.Of(Kind).Describe(At, Options);
}
