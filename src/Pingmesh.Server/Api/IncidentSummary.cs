using System.Text.Json;
using Pingmesh.Analysis.Incidents;

namespace Pingmesh.Server.Api;

/// <summary>An incident in short.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What is wrong, such as <c>black-hole</c>.</param>
/// <param name="State">Where it stands, such as <c>confirmed</c>.</param>
/// <param name="Scope">Where it is.</param>
/// <param name="Onset">When it began.</param>
/// <param name="Summary">All that in a sentence.</param>
public sealed record IncidentSummary(string Id, string Kind, string State, string Scope, DateTimeOffset Onset, string Summary)
{
    internal static IncidentSummary Of(Incident incident) => new(
        incident.Id, JsonNamingPolicy.KebabCaseLower.ConvertName(incident.Kind.ToString()), JsonNamingPolicy.KebabCaseLower.ConvertName(incident.State.ToString()), incident.Scope, incident.Onset, incident.Summary);
}
