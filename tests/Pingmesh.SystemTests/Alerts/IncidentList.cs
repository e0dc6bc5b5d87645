using Pingmesh.Analysis.Incidents;

namespace Pingmesh.SystemTests.Alerts;

/// <summary>Incidents as a test sets them.</summary>
internal sealed class IncidentList : IIncidentSource
{
    private volatile IReadOnlyList<Incident> current = [];

    public event Action? Changed;

    public IReadOnlyList<Incident> Current => current;

    public void Set(params Incident[] incidents)
    {
        current = incidents;
        Changed?.Invoke();
    }

    public static Incident Make(string id, string scope = "dc1") => new()
    {
        Id = id,
        Key = $"loss|{scope}",
        Version = 1,
        Kind = IncidentKind.SilentDrops,
        State = IncidentState.Confirmed,
        Scope = scope,
        Tier = "spine",
        Summary = $"\"{id}\": dc1-spine1 drops 1.2 % of packets \\ 机房 & <b>",
        Onset = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(2),
        Detected = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1),
        LastSymptom = DateTimeOffset.UtcNow,
        Radius = new BlastRadius(40, 16, 8, ["search"]),
        Figures = new IncidentFigures(10_000, 120, 0.012, 0.010, 0.014, 1e-5),
    };
}
