using Pingmesh.Bench;

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
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project bench/Pingmesh.Bench -- sketch|pinglist|heatmap");
        return 2;
}
