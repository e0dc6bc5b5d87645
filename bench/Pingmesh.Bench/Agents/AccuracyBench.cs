using System.Diagnostics;
using System.Globalization;

namespace Pingmesh.Bench.Agents;

/// <summary>
/// RTTs at 250 probes/s, idle and with every core kept busy: ours, and those of an epoll prober at the same time, by the
/// user's clock and by the kernel of the same probes.
/// </summary>
internal static class AccuracyBench
{
    // So many that a process waits for its turn as it does on a host that is truly overloaded.
    private const int BurnersPerCore = 8;

    public static void Run(PeerNetwork network, string built, TimeSpan measured)
    {
        Console.WriteLine("| RTT, us | probes | P50 | P99 | P99.9 |");
        Console.WriteLine("|---|---|---|---|---|");
        var idle = Measure(network, built, measured, "idle", nice: 0);
        var equal = UnderLoad(network, built, measured, BurnersPerCore, nice: 0);
        var lowest = UnderLoad(network, built, measured, 1, Kernel.LowestPriority);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\nP99 of ours under load / idle: {equal.Ours / idle.Ours:F2} and, at the lowest priority, {lowest.Ours / idle.Ours:F2} (bar 1.5); of the user's clock / ours, under load: {equal.User / equal.Ours:F0} and {lowest.User / lowest.Ours:F0} (bar 20)"));
    }

    private static (double Ours, double User) UnderLoad(PeerNetwork network, string built, TimeSpan measured, int burnersPerCore, int nice)
    {
        var burners = Enumerable.Range(0, Environment.ProcessorCount * burnersPerCore).Select(_ => network.Start("sh", "-c", "while :; do :; done")).ToList();
        var figures = Measure(network, built, measured, $"busy loops a core: {burnersPerCore}, probers at nice {nice}", nice);
        foreach (var burner in burners) burner.Kill();
        return figures;
    }

    private static (double Ours, double User) Measure(PeerNetwork network, string built, TimeSpan measured, string state, int nice)
    {
        var (seconds, priority) = (((int)measured.TotalSeconds).ToString(CultureInfo.InvariantCulture), nice.ToString(CultureInfo.InvariantCulture));
        using var epoll = network.StartReadable("nice", "-n", priority, $"{built}/epoll_prober", PeerNetwork.FirstPeer, "2500", "58100", "250", seconds);
        var output = epoll.StandardOutput.ReadToEndAsync();
        var rtts = new List<long>(1 << 20);
        network.InClient(() =>
        {
            // The reactor's thread is a child of this one, and as nice.
            Kernel.SetNice(nice);
            using var engine = new Engine(ReactorKind.Tcp, TimeSpan.FromMilliseconds(2_500)) { Rtts = rtts };
            using var reactor = engine.AtRate(Contender.Rate);
            reactor.Start();
            Thread.Sleep(measured);
            return 0;
        });
        var pairs = output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray()).ToList();
        var ours = Write($"ours, {state}", rtts.Select(rtt => rtt / 1000.0));
        Write($"epoll prober, by the kernel, {state}", pairs.Select(pair => pair[1]));
        return (ours, Write($"epoll prober, by the user's clock, {state}", pairs.Select(pair => pair[0])));
    }

    /// <returns>The 99th percentile.</returns>
    private static double Write(string name, IEnumerable<double> rtts)
    {
        var sorted = rtts.Order().ToArray();
        double At(double quantile) => sorted[Math.Min(sorted.Length - 1, (int)(quantile * sorted.Length))];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {sorted.Length} | {At(0.5):F0} | {At(0.99):F0} | {At(0.999):F0} |"));
        return At(0.99);
    }
}
