using System.Diagnostics;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Lab.Simulation;

namespace Pingmesh.Bench.Detection;

/// <summary>Hands uploads to detection, and has it look after each window.</summary>
internal sealed class DetectionSink(Detector detector, TimeProvider time, DateTimeOffset start) : IUploadSink
{
    /// <summary>Each version of each incident, with when it was seen.</summary>
    public List<(TimeSpan At, Incident Incident)> Seen { get; } = [];

    /// <summary>Time that looking took, investigations included.</summary>
    public TimeSpan Looking { get; private set; }

    /// <summary>Looks.</summary>
    public int Looks { get; private set; }

    public async Task TakeAsync(IReadOnlyList<SimulatedUpload> uploads, CancellationToken cancel)
    {
        // Read at once, before the clock goes on.
        var now = time.GetUtcNow();
        Parallel.ForEach(uploads, upload => detector.Take(upload.Body));
        var begun = Stopwatch.GetTimestamp();
        detector.Look(cancel);
        await detector.InvestigatedAsync();
        Looking += Stopwatch.GetElapsedTime(begun);
        Looks++;
        foreach (var incident in detector.Book.Current)
        {
            if (!Seen.Exists(one => one.Incident.Id == incident.Id && one.Incident.Version == incident.Version)) Seen.Add((now - start, incident));
        }
    }

    public Task FinishAsync(CancellationToken cancel) => Task.CompletedTask;
}
