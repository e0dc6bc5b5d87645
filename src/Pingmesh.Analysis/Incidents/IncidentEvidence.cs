using Pingmesh.Analysis.Detection;

namespace Pingmesh.Analysis.Incidents;

/// <summary>What an incident was found by, kept as it was when it was found: what is transient is gone before anybody looks.</summary>
/// <param name="Incident">Id of the incident.</param>
/// <param name="Frozen">When it was first kept.</param>
/// <param name="Series">The windows of 10 s around the onset.</param>
/// <param name="Flows">Flows with and without trouble, with their paths in both directions.</param>
/// <param name="After">Some of the flows in trouble, traced again when the trouble had gone.</param>
/// <param name="OnlyBad">Switches and links that flows in trouble go through and none of the others: the difference of the paths.</param>
/// <param name="NoisyHosts">Hosts of the place that were in trouble of their own meanwhile; their probes were left out.</param>
/// <param name="ProbedAgain">Probes with the same five-tuple as ones that had failed.</param>
/// <param name="FailedAgain">Those of them that failed.</param>
/// <param name="FreshPorts">Probes of the same pairs with other source ports.</param>
/// <param name="FreshFailed">Those of them that failed.</param>
/// <param name="BlackHoleScores">Share of the reporting hosts of each ToR that cannot reach some peers (paper, 5.1), by pod.</param>
public sealed record IncidentEvidence(
    string Incident, DateTimeOffset Frozen, IReadOnlyList<EvidenceWindow> Series, IReadOnlyList<EvidenceFlow> Flows, IReadOnlyList<EvidenceFlow> After, IReadOnlyList<string> OnlyBad,
    IReadOnlyList<string> NoisyHosts, int ProbedAgain, int FailedAgain, int FreshPorts, int FreshFailed, IReadOnlyDictionary<string, double> BlackHoleScores);

/// <summary>A window of the place of an incident.</summary>
/// <param name="Start">Its start.</param>
/// <param name="Probes">Probes through the place.</param>
/// <param name="Bad">Those in trouble.</param>
/// <param name="Failed">Those of them without an answer.</param>
public sealed record EvidenceWindow(DateTimeOffset Start, long Probes, long Bad, long Failed)
{
    /// <summary>The place it is of.</summary>
    internal Place Place { get; init; }
}

/// <summary>A flow.</summary>
/// <param name="At">When it was started.</param>
/// <param name="Source">The host that probed.</param>
/// <param name="Target">The host that was probed.</param>
/// <param name="TargetAddress">Its address.</param>
/// <param name="SourcePort">Source port.</param>
/// <param name="TargetPort">Destination port.</param>
/// <param name="Kind">Kind of probe.</param>
/// <param name="IsBad">Whether it was in trouble.</param>
/// <param name="Outcome">What became of it: an error, <c>dropped</c>, <c>slow</c> or <c>ok</c>.</param>
/// <param name="There">The nodes on the way to the target, as far as they answered; null for a silent one.</param>
/// <param name="ThereReached">Whether the way there was seen to its end.</param>
/// <param name="Back">The nodes on the way back.</param>
/// <param name="BackReached">Whether the way back was seen to its end.</param>
public sealed record EvidenceFlow(
    DateTimeOffset At, string Source, string Target, string TargetAddress, int SourcePort, int TargetPort, string Kind, bool IsBad, string Outcome, IReadOnlyList<string?> There, bool ThereReached,
    IReadOnlyList<string?> Back, bool BackReached);
