using Pingmesh.Bench;
using Pingmesh.Bench.Agents;
using Pingmesh.Bench.Detection;

// Each part prints its own figure beside a baseline measured in the same run, and their ratio.
switch (args)
{
    case ["sketch"]:
        SketchBench.Run();
        return 0;
    case ["pinglist"]:
        PinglistBench.Run();
        return 0;
    case ["heatmap"]:
        await HeatmapBench.RunAsync();
        return 0;
    case ["store"]:
        await StoreBench.RunAsync(null);
        return 0;
    case ["store", var clickHouse] when Uri.TryCreate(clickHouse, UriKind.Absolute, out var url):
        await StoreBench.RunAsync(url);
        return 0;
    case ["ingest"]:
        await IngestBench.RunAsync();
        return 0;
    case ["agent", var built, var config, .. var parts]:
        return await AgentBench.RunAsync(built, config, parts);
    case ["detection", .. var settings]:
        await DetectionBench.RunAsync(settings);
        return 0;
    case ["fetch"]:
        await FetchBench.RunAsync();
        return 0;
    case ["agent-engine"]:
        await Engine.RunForeverAsync();
        return 0;
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project bench/Pingmesh.Bench -- sketch|pinglist|heatmap|fetch|ingest|detection|store [CLICKHOUSE-URL] (the agent's: bench/agent/run)");
        return 2;
}
