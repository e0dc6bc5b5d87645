using System.Diagnostics;
using System.Globalization;
using Pingmesh.Core.Probes;

namespace Pingmesh.Bench.Agents;

/// <summary>The most probes a second that one thread sustains, by kind, and a second of its CPU; the same engine in C beside it.</summary>
internal static class RateBench
{
    private const int UnderWay = 256;

    public static void Run(PeerNetwork network, string built, int rounds, TimeSpan measured)
    {
        Console.WriteLine("| kind | probes/s (by the wall) | probes/s of CPU | failed |");
        Console.WriteLine("|---|---|---|---|");
        var inC = Enumerable.Range(0, rounds).Select(_ => FlatOutInC(network, built)).ToList();
        Write("tcp, the engine in C", inC);
        foreach (var kind in ReactorKind.All)
        {
            using var responder = kind.Answer is { } answer ? network.InPeers(answer) : null;
            Write(kind.Kind.Name(), [.. Enumerable.Range(0, rounds).Select(_ => network.InClient(() => FlatOut(kind, measured)))]);
        }
    }

    private static (double Wall, double Cpu, long Failed) FlatOut(ReactorKind kind, TimeSpan measured)
    {
        using var engine = new Engine(kind, TimeSpan.FromMilliseconds(2_500));
        engine.RunFlatOut(UnderWay, TimeSpan.FromSeconds(2));
        var (before, failed) = (engine.Succeeded, engine.Failed);
        var cpu = Kernel.CpuTimeOfThread();
        var begun = Stopwatch.GetTimestamp();
        engine.RunFlatOut(UnderWay, measured);
        var took = Stopwatch.GetElapsedTime(begun);
        var used = Kernel.CpuTimeOfThread() - cpu;
        var done = engine.Succeeded - before;
        foreach (var (error, count) in engine.Failures) Console.Error.WriteLine($"{kind.Kind.Name()}: {count} {error.Name()}");
        return (done / took.TotalSeconds, done / used.TotalSeconds, engine.Failed - failed);
    }

    private static (double Wall, double Cpu, long Failed) FlatOutInC(PeerNetwork network, string built)
    {
        using var process = network.StartReadable($"{built}/lazy_prober", PeerNetwork.FirstPeer, "2500", "58100", "0");
        var figures = process.StandardOutput.ReadToEnd().Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (figures[0], figures[1], (long)figures[2]);
    }

    private static void Write(string name, List<(double Wall, double Cpu, long Failed)> rounds)
    {
        double Median(Func<(double Wall, double Cpu, long Failed), double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {Median(round => round.Wall):N0} | {Median(round => round.Cpu):N0} | {rounds.Sum(round => round.Failed)} |"));
    }
}
