using System.Globalization;

namespace Pingmesh.Bench.Agents;

/// <summary>The agent's figures; called by bench/agent/run, which builds what they need.</summary>
internal static class AgentBench
{
    private static readonly string[] Parts = ["cost", "rate", "accuracy", "drops", "allocations", "start"];

    /// <param name="built">Folder of the agent's forms and the other probers.</param>
    /// <param name="config">Folder of the exporter's configuration.</param>
    /// <param name="parts">What to measure; none for all.</param>
    public static async Task<int> RunAsync(string built, string config, string[] parts)
    {
        if (parts.Except(Parts).Any())
        {
            Console.Error.WriteLine($"no such part; there are {string.Join(", ", Parts)}");
            return 2;
        }

        var measured = TimeSpan.FromSeconds(Setting("SECONDS_EACH", 60));
        var rounds = Setting("ROUNDS", 3);
        using var network = new PeerNetwork();
        foreach (var part in parts.Length == 0 ? Parts : parts)
        {
            Console.WriteLine($"\n## {part}\n");
            switch (part)
            {
                case "cost":
                    await CostBench.RunAsync(network, built, config, rounds, TimeSpan.FromSeconds(Setting("WARM_UP", 20)), measured);
                    break;
                case "rate":
                    RateBench.Run(network, built, rounds, TimeSpan.FromSeconds(5));
                    break;
                case "accuracy":
                    AccuracyBench.Run(network, built, measured);
                    break;
                case "drops":
                    DropBench.Run(network);
                    break;
                case "allocations":
                    AllocationBench.Run(network, measured);
                    break;
                default:
                    await StartBench.RunAsync(network, built, rounds * 3);
                    break;
            }
        }

        return 0;
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
