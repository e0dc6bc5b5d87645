using Pingmesh.Core.Probes;

namespace Pingmesh.Bench.Agents;

/// <summary>With a rule that drops every n-th SYN: the losses our probes counted, against what the rule counted.</summary>
internal static class DropBench
{
    private const int Probes = 10_000;

    public static void Run(PeerNetwork network)
    {
        Console.WriteLine("| every n-th SYN dropped | probes | failed | counted by the rule | counted by ours |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var n in new[] { 1_000, 50, 3 })
        {
            network.DropEverySyn(n);
            var (failed, counted) = network.InClient(Probe);
            var (dropped, _, _) = network.Count();
            Console.WriteLine($"| {n} | {Probes} | {failed} | {dropped} | {counted} |{(dropped == counted ? "" : " DIFFERENT |")}");
        }

        network.DropEverySyn(0);
    }

    private static (long Failed, long Counted) Probe()
    {
        using var engine = new Engine(ReactorKind.Tcp, TimeSpan.FromSeconds(9));
        for (var i = 0; i < Probes; i += 250)
        {
            engine.Start(250);
            engine.Poll();
        }

        while (engine.Pending > 0)
        {
            Thread.Sleep(50);
            engine.Poll();
        }

        // Of a probe that timed out, one SYN more was lost than was sent again.
        return (engine.Failed, engine.Retransmissions + engine.Failures.GetValueOrDefault(ProbeError.Timeout));
    }
}
