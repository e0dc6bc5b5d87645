using System.Diagnostics;
using System.Text.Json;
using Pingmesh.SystemTests.EndToEnd;

namespace Pingmesh.SystemTests.Lab;

/// <summary>The paper's figure 8, by the real program in the lab: what faults look like on the heatmap, and how soon.</summary>
public sealed class PatternTests(ITestOutputHelper output)
{
    private const int Pods = 4;

    // P99 above 5 ms is red; a cell without an RTT is white, whether nobody probed or nobody answered.
    private const char Green = 'g';
    private const char Red = 'R';
    private const char White = '.';

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Heatmap_looks_as_the_paper_draws_it()
    {
        await using var lab = new LabRun("p");
        var port = ServerProcess.FreePort();
        await lab.DoAsync("up", "--port", $"{port}");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        // (a) normal. (b) podset down: a white cross. (c) podset failure: a red cross, but for the pods' own cells, which cross
        // no leaf. (d) spine failure: green squares of the podsets along the diagonal.
        const string Normal = "gggg/gggg/gggg/gggg";
        await IsAsync(http, "normal", Normal);
        await using (await lab.FaultAsync("latency", "--at", "dc1/ps2/leaves", "--delay", "6ms")) await IsAsync(http, "podset failure", "ggRR/ggRR/RRgR/RRRg");
        await IsAsync(http, "mended", Normal);
        await using (await lab.FaultAsync("latency", "--at", "dc1/spines", "--delay", "6ms")) await IsAsync(http, "spine failure", "ggRR/ggRR/RRgg/RRgg");
        await IsAsync(http, "mended", Normal);
        await using (await lab.FaultAsync("power-loss", "--at", "dc1/ps2")) await IsAsync(http, "podset down", "gg../gg../..../....");
        await IsAsync(http, "mended", Normal);
    }

    private async Task IsAsync(HttpClient http, string what, string expected)
    {
        var watch = Stopwatch.StartNew();
        var seen = "";
        await Eventually.IsTrueAsync(async () => (seen = Picture(JsonDocument.Parse(await http.GetStringAsync("/api/v1/heatmap")).RootElement)) == expected, Limit, () => $"{what}: {seen}");
        output.WriteLine($"{what}: seen whole after {watch.Elapsed.TotalSeconds:F1} s");
    }

    private static string Picture(JsonElement heatmap)
    {
        var picture = Enumerable.Range(0, Pods).Select(_ => new string(White, Pods).ToCharArray()).ToArray();
        var cells = heatmap.GetProperty("cells");
        for (var i = 0; i < cells.GetProperty("source").GetArrayLength(); i++)
        {
            var p99 = cells.GetProperty("p99_us")[i];
            if (p99.ValueKind == JsonValueKind.Null) continue;
            picture[cells.GetProperty("source")[i].GetInt32()][cells.GetProperty("target")[i].GetInt32()] = p99.GetDouble() > 5_000 ? Red : Green;
        }

        return string.Join('/', picture.Select(row => new string(row)));
    }
}
