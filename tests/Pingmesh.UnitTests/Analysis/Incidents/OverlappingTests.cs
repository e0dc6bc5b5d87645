using Pingmesh.Analysis.Incidents;
using Pingmesh.Server.Api;

namespace Pingmesh.UnitTests.Analysis.Incidents;

/// <summary>Which incidents a verdict on a scope tells of.</summary>
public sealed class OverlappingTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Incident[] all =
    [
        Make("host", "dc1-ps1-pod1-h1"), Make("pod", "dc1/ps1/pod1"), Make("podset", "dc1/ps2"), Make("dcs", "dc1~dc2"), Make("pair", "dc1-ps1-pod1-h1~dc1-ps2-pod1-h1"),
        Make("service", "dc3") with { Radius = new BlastRadius(1, 1, 1, ["search"]) },
    ];

    [Theory]
    [InlineData("dc1-ps1-pod1-h1", "host pod dcs pair")]
    [InlineData("dc1-ps1-pod1-h2", "pod dcs")]
    [InlineData("dc1/ps1/pod1", "host pod dcs pair")]
    [InlineData("dc1/ps1", "host pod dcs pair")]
    [InlineData("dc1/ps2", "podset dcs pair")]
    [InlineData("dc1/ps2/pod1", "podset dcs pair")]
    [InlineData("dc1/ps20", "dcs")]
    [InlineData("dc2", "dcs")]
    [InlineData("dc2 > dc3", "dcs service")]
    [InlineData("dc1/ps2/pod1~dc3", "podset dcs pair service")]
    [InlineData("service:search", "service")]
    [InlineData("service:other", "")]
    [InlineData("dc4", "")]
    public void Incident_concerns_what_lies_in_its_scope_and_what_its_scope_lies_in(string of, string expected) =>
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), Overlapping(of, Start.AddMinutes(-1), Start.AddMinutes(1)));

    [Fact]
    public void Incident_overlaps_from_its_onset_until_it_is_resolved()
    {
        Assert.NotEmpty(Overlapping("dc2", Start, Start.AddSeconds(1)));
        Assert.Empty(Overlapping("dc2", Start.AddHours(-1), Start));
        Assert.NotEmpty(Overlapping("dc2", Start.AddDays(5), Start.AddDays(6)));
        all[3] = all[3] with { Resolved = Start.AddMinutes(5) };
        Assert.NotEmpty(Overlapping("dc2", Start.AddMinutes(5), Start.AddMinutes(6)));
        Assert.Empty(Overlapping("dc2", Start.AddMinutes(6), Start.AddMinutes(7)));
    }

    private List<string> Overlapping(string of, DateTimeOffset from, DateTimeOffset to) =>
        [.. IncidentsEndpoint.Overlapping(all, of, from, to, name => name.Contains("-h", StringComparison.Ordinal) ? name.Replace('-', '/') : null).Select(one => one.Id)];

    private static Incident Make(string id, string scope) => new()
    {
        Id = id, Key = id, Version = 1, Kind = IncidentKind.SilentDrops, State = IncidentState.Confirmed, Scope = scope, Tier = "tor", Summary = id, Onset = Start, Detected = Start, LastSymptom = Start,
        Radius = new BlastRadius(1, 2, 2, []), Figures = new IncidentFigures(100, 10, 0.1, 0.05, 0.2, 1e-4),
    };
}
