using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;

namespace Pingmesh.UnitTests.Analysis.Detection;

/// <summary>A simulated fleet with faults, and what detection says of it, in virtual time.</summary>
internal sealed class DetectedFleet : IUploadSink, IDisposable
{
    /// <summary>DSCP of the second class of its mesh.</summary>
    public const byte LowClass = 8;

    public static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private readonly VirtualTime time = new(Start);
    private readonly Simulator simulator;
    private readonly List<(double Minute, Action Do)> plan = [];
    private ServiceMap services;
    private IncidentBook? book;
    private Detector? detector;

    public DetectedFleet(FabricShape shape, double minutes, params IReadOnlyList<TimedFault> faults)
        : this(shape, minutes, settings => settings with { Faults = faults })
    {
    }

    public DetectedFleet(FabricShape shape, double minutes, Func<SimulationSettings, SimulationSettings> with)
    {
        var interval = TimeSpan.FromSeconds(10);
        var mesh = new MeshSettings
        {
            Graphs =
            [
                new MeshGraph { Interval = interval },
                new MeshGraph { Name = "payload", Kind = ProbeKind.TcpPayload, PayloadBytes = 4_000, Interval = 3 * interval },
                new MeshGraph { Name = "low", Dscp = LowClass, Port = Ports.QosResponder, Interval = 3 * interval },
            ],
        };
        simulator = new Simulator(new Fabric(shape), with(new SimulationSettings { Start = Start, Duration = TimeSpan.FromMinutes(minutes), Mesh = mesh, Profile = 1 }), time);
        services = new ServiceMap(simulator.Topology, []);
    }

    public MemoryDocuments Documents { get; } = new();

    public Topology Topology => simulator.Topology;

    /// <summary>Each version of each incident, with when it was seen, minutes after the start.</summary>
    public List<(double Minute, Incident Incident)> Seen { get; } = [];

    /// <summary>The newest version of each incident, the first found first.</summary>
    public IReadOnlyList<Incident> Incidents => [.. Seen.GroupBy(one => one.Incident.Id).Select(versions => versions.Last().Incident)];

    public static TimedFault Fault(FaultKind kind, string at, FaultOptions options, double from, double until) =>
        new(kind, at, options, TimeSpan.FromMinutes(from), TimeSpan.FromMinutes(until));

    /// <summary>Has something done when a window ends.</summary>
    public void At(double minute, Action what) => plan.Add((minute, what));

    /// <summary>What incidents were not over at a minute.</summary>
    public List<Incident> ActiveAt(double minute) =>
        [.. Seen.Where(one => one.Minute <= minute).GroupBy(one => one.Incident.Id).Select(versions => versions.Last().Incident).Where(one => one.State != IncidentState.Resolved)];

    /// <summary>Another detector goes on, which knows what is in the store.</summary>
    public void Restart()
    {
        book?.SaveAsync().Wait();
        book?.Dispose();
        book = IncidentBook.OpenAsync(Documents, time).Result;
        detector = new Detector(() => services, simulator.Tests(), book, time, NullLogger<Detector>.Instance);
    }

    /// <summary>Hosts come or go.</summary>
    public void Follow(Topology topology) => services = new ServiceMap(topology, []);

    public async Task RunAsync(CancellationToken cancel)
    {
        Restart();
        await simulator.RunAsync(this, null, cancel);
        await book!.SaveAsync(cancel);
    }

    public Task<IncidentEvidence?> EvidenceAsync(string id, CancellationToken cancel) => book!.FindEvidenceAsync(id, cancel);

    // All of it before the clock goes on, so that a run repeats exactly.
    public Task TakeAsync(IReadOnlyList<SimulatedUpload> uploads, CancellationToken cancel)
    {
        var minute = (time.GetUtcNow() - Start).TotalMinutes;
        foreach (var step in plan.FindAll(step => step.Minute <= minute)) step.Do();
        plan.RemoveAll(step => step.Minute <= minute);
        foreach (var upload in uploads) detector!.Take(upload.Body);
        detector!.Look(cancel);
        detector.InvestigatedAsync().Wait(cancel);
        foreach (var incident in book!.Current)
        {
            if (!Seen.Exists(one => one.Incident.Id == incident.Id && one.Incident.Version == incident.Version)) Seen.Add((minute, incident));
        }

        return Task.CompletedTask;
    }

    public Task FinishAsync(CancellationToken cancel) => Task.CompletedTask;

    public void Dispose() => book?.Dispose();
}
