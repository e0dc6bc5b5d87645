using System.Diagnostics;
using System.Net;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Tcp;

namespace Pingmesh.UnitTests.Probing;

/// <summary>Keeps outcomes.</summary>
internal sealed class Outcomes(List<ProbeOutcome> to) : IOutcomeSink
{
    public void Completed(in ProbeOutcome outcome, in ProbeDetail detail) => to.Add(outcome);

    /// <summary>Probes a target some times, one after another, and waits for all outcomes.</summary>
    public static List<ProbeOutcome> Of(TcpProber prober, IPEndPoint target, int count = 1, double timeoutSeconds = 2)
    {
        var outcomes = new List<ProbeOutcome>();
        var peer = ProbeTarget.Create(target.Address, target.Port);
        for (var i = 0; i < count; i++)
        {
            prober.Start(i, peer, new ProbeShape { Dscp = 0, TimeoutNanoseconds = (long)(timeoutSeconds * 1e9) });
            WaitFor(prober, outcomes, i + 1);
        }

        return outcomes;
    }

    public static void WaitFor(TcpProber prober, List<ProbeOutcome> outcomes, int count)
    {
        var sink = new Outcomes(outcomes);
        var clock = Stopwatch.StartNew();
        while (outcomes.Count < count)
        {
            prober.Poll(sink);
            if (clock.Elapsed > TimeSpan.FromSeconds(15)) Assert.Fail($"{outcomes.Count} of {count} outcomes after 15 s");
        }
    }
}
