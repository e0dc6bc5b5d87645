using System.Globalization;
using Pingmesh.Core.Probes;

namespace Pingmesh.Bench.Agents;

/// <summary>Bytes allocated a probe by the runtime's own counters: of the probing thread, and of the whole process.</summary>
internal static class AllocationBench
{
    public static void Run(PeerNetwork network, TimeSpan measured)
    {
        Console.WriteLine("| kind | probes | bytes allocated by the probing thread | by the process | a probe | collections |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var kind in ReactorKind.All)
        {
            using var responder = kind.Answer is { } answer ? network.InPeers(answer) : null;
            Console.WriteLine(network.InClient(() => Measure(kind, measured)));
        }
    }

    private static string Measure(ReactorKind kind, TimeSpan measured)
    {
        using var engine = new Engine(kind, TimeSpan.FromMilliseconds(2_500));
        engine.RunFlatOut(256, TimeSpan.FromSeconds(3));
        var done = engine.Succeeded;
        var collections = GC.CollectionCount(0);
        var inProcess = GC.GetTotalAllocatedBytes(precise: true);
        var inThread = GC.GetAllocatedBytesForCurrentThread();
        engine.RunFlatOut(256, measured);
        inThread = GC.GetAllocatedBytesForCurrentThread() - inThread;
        inProcess = GC.GetTotalAllocatedBytes(precise: true) - inProcess;
        done = engine.Succeeded - done;
        return string.Create(CultureInfo.InvariantCulture,
            $"| {kind.Kind.Name()} | {done:N0} | {inThread:N0} | {inProcess:N0} | {(double)inThread / done:F4} | {GC.CollectionCount(0) - collections} |");
    }
}
