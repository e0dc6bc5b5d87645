using System.Diagnostics;
using System.Net;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.UnitTests.Probing;

/// <summary>Outcomes with their details, of probers of any high-rate kind.</summary>
internal sealed class Probes : IOutcomeSink
{
    public List<(ProbeOutcome Outcome, ProbeDetail Detail)> All { get; } = [];

    public List<int> Duplicates { get; } = [];

    public void Completed(in ProbeOutcome outcome, in ProbeDetail detail) => All.Add((outcome, detail));

    public void Duplicated(int target) => Duplicates.Add(target);

    /// <summary>Probes one endpoint once.</summary>
    public static (ProbeOutcome Outcome, ProbeDetail Detail) One(IReactorProber prober, IPEndPoint endpoint, ProbeShape? shape = null) =>
        Many(prober, endpoint, 1, shape).All[0];

    /// <summary>Probes one endpoint some times at once, and waits for all outcomes.</summary>
    public static Probes Many(IReactorProber prober, IPEndPoint endpoint, int count, ProbeShape? shape = null)
    {
        var probes = new Probes();
        var peer = ProbeTarget.Create(endpoint.Address, endpoint.Port);
        for (var i = 0; i < count; i++) prober.Start(i, peer, shape ?? Shape());
        prober.Flush();
        probes.WaitFor(prober, count);
        return probes;
    }

    public static ProbeShape Shape(double timeoutSeconds = 5) => new() { TimeoutNanoseconds = (long)(timeoutSeconds * 1e9) };

    public void WaitFor(IReactorProber prober, int count)
    {
        var clock = Stopwatch.StartNew();
        while (All.Count < count)
        {
            prober.Poll(this);
            if (clock.Elapsed > TimeSpan.FromSeconds(20)) Assert.Fail($"{All.Count} of {count} outcomes after 20 s");
        }
    }
}
