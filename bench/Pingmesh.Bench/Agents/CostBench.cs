using System.Diagnostics;
using System.Globalization;

namespace Pingmesh.Bench.Agents;

/// <summary>CPU per probe and RSS at 250 probes/s, of all contenders in turn, round after round; medians over the rounds.</summary>
internal static class CostBench
{
    public static async Task RunAsync(PeerNetwork network, string built, string config, int rounds, TimeSpan warmUp, TimeSpan measured)
    {
        using var server = new PinglistServer(network, 9000);
        var only = (Environment.GetEnvironmentVariable("ONLY") ?? "").Split(',');
        var contenders = Contender.All(built, config)
            .Where(contender => only.Any(part => contender.Name.Contains(part, StringComparison.OrdinalIgnoreCase))).ToList();
        var samples = contenders.ToDictionary(contender => contender, _ => new List<Sample>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var contender in contenders)
            {
                samples[contender].Add(await MeasureAsync(network, server, contender, warmUp, measured));
                Console.Error.WriteLine($"round {round + 1} of {rounds}: {contender.Name}: {samples[contender][^1]}");
            }
        }

        Report(contenders, samples);
    }

    private static async Task<Sample> MeasureAsync(PeerNetwork network, PinglistServer server, Contender contender, TimeSpan warmUp, TimeSpan measured)
    {
        using var process = contender.Start(network, server);
        using var driver = contender.Driven ? new ExporterDriver(network) : null;
        await Task.Delay(warmUp);
        var (_, syns, echoes) = network.Count();
        var cpu = Kernel.CpuTimeOf(process.Id);
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(measured);
        var used = Kernel.CpuTimeOf(process.Id) - cpu;
        var took = Stopwatch.GetElapsedTime(began);
        var (_, synsAfter, echoesAfter) = network.Count();
        var status = File.ReadAllLines($"/proc/{process.Id}/status");
        process.Kill();
        await process.WaitForExitAsync();
        var probes = contender.Icmp ? echoesAfter - echoes : synsAfter - syns;
        return new Sample(used.TotalMicroseconds / Math.Max(1, probes), probes / took.TotalSeconds, used / took, Megabytes(status, "VmRSS:"), Megabytes(status, "RssAnon:"));
    }

    private static double Megabytes(string[] status, string name) =>
        double.Parse(status.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    private static void Report(List<Contender> contenders, Dictionary<Contender, List<Sample>> samples)
    {
        double Median(Contender contender, Func<Sample, double> of)
        {
            var sorted = samples[contender].Select(of).Order().ToArray();
            return sorted[sorted.Length / 2];
        }

        var unit = Median(contenders[0], sample => sample.CpuPerProbe);
        Console.WriteLine("| program | CPU per probe, us (least to most) | of the engine in C | of one core | probes/s | RSS, MB | of it not of files |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var contender in contenders)
        {
            var cpu = Median(contender, sample => sample.CpuPerProbe);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {contender.Name} | {cpu:F1} ({samples[contender].Min(sample => sample.CpuPerProbe):F1} to {samples[contender].Max(sample => sample.CpuPerProbe):F1}) | {cpu / unit:F2} | {Median(contender, sample => sample.Core):P2} | {Median(contender, sample => sample.Rate):F0} | {Median(contender, sample => sample.Rss):F1} | {Median(contender, sample => sample.Anonymous):F1} |"));
        }
    }

    private sealed record Sample(double CpuPerProbe, double Rate, double Core, double Rss, double Anonymous)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{CpuPerProbe:F1} us a probe, {Rate:F0}/s, {Rss:F1} MB");
    }
}
