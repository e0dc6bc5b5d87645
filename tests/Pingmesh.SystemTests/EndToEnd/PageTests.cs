using System.Globalization;
using Microsoft.Playwright;

namespace Pingmesh.SystemTests.EndToEnd;

public sealed class PageTests
{
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    [Fact]
    public async Task Page_shows_row_and_column_of_a_pod_whose_agents_stopped()
    {
        var chromium = Requires.Program("chromium", "chromium");
        await using var mesh = new TestMesh(2, 1, 2, 2);
        await mesh.Server.StartAsync();
        mesh.StartAgents();

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = Arguments });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ColorScheme = ColorScheme.Light });
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") errors.Add(message.Text);
        };
        await page.GotoAsync(mesh.Server.Url.ToString());

        // All 16 pod pairs are measured and painted green.
        await Eventually.IsTrueAsync(
            async () => (await PaintAsync(page)) is { } all && all.Length == 16 && all.All(IsGreen), TimeSpan.FromSeconds(40), () => string.Join('\n', errors));

        // Pod 2 of dc1 is the second row and column.
        const int Stopped = 1;
        await mesh.StopAgentsAsync(host => host.StartsWith("dc1-ps1-pod2-", StringComparison.Ordinal));
        await Eventually.IsTrueAsync(
            async () =>
            {
                var cells = (await PaintAsync(page))!;
                return Enumerable.Range(0, 16).All(i => i / 4 == Stopped || i % 4 == Stopped ? IsWhite(cells[i]) : IsGreen(cells[i]));
            },
            TimeSpan.FromSeconds(45),
            () => "the row and the column of the stopped pod are not white, or others are not green");

        // Hovering names the pair and its numbers.
        var canvas = (await page.Locator("#heatmap").BoundingBoxAsync())!;
        var (x, y) = await CentreAsync(page, 0, 2);
        await page.Mouse.MoveAsync(canvas.X + x, canvas.Y + y);
        var tooltip = await page.Locator("#tooltip").InnerTextAsync();
        Assert.Contains("dc1/ps1/pod1", tooltip, StringComparison.Ordinal);
        Assert.Contains("dc2/ps1/pod1", tooltip, StringComparison.Ordinal);
        Assert.Contains("P99", tooltip, StringComparison.Ordinal);

        // A server that goes away is said, and the last picture stays.
        await mesh.Server.KillAsync();
        await page.Locator("#banner").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Visible, Timeout = 20_000 });
        errors.RemoveAll(error => error.Contains("ERR_CONNECTION", StringComparison.Ordinal) || error.Contains("ERR_INCOMPLETE", StringComparison.Ordinal));
        Assert.Empty(errors);
    }

    private static bool IsGreen(Pixel pixel) => pixel.Green > pixel.Red + 60 && pixel.Green > pixel.Blue + 30;

    private static bool IsWhite(Pixel pixel) => pixel is { Red: > 240, Green: > 240, Blue: > 240 };

    /// <summary>The colour of each cell, row by row, a little off its centre, where no sign is drawn; null before there is a map.</summary>
    private static async Task<Pixel[]?> PaintAsync(IPage page)
    {
        var colours = await page.EvaluateAsync<int[]?>(
            """
            () => {
              const canvas = document.getElementById('heatmap');
              const { pods, cell, originX, originY, offsets } = canvas.dataset;
              if (!pods || canvas.hidden) return null;
              const scale = canvas.width / canvas.getBoundingClientRect().width;
              const at = offsets.split(',').map(Number);
              const context = canvas.getContext('2d');
              return at.flatMap(row => at.flatMap(column => [...context.getImageData(
                Math.round((Number(originX) + column + cell * 0.5) * scale),
                Math.round((Number(originY) + row + cell * 0.12) * scale), 1, 1).data].slice(0, 3)));
            }
            """);
        return colours?.Chunk(3).Select(rgb => new Pixel(rgb[0], rgb[1], rgb[2])).ToArray();
    }

    private static async Task<(float X, float Y)> CentreAsync(IPage page, int row, int column)
    {
        var data = await page.EvaluateAsync<Dictionary<string, string>>("() => ({ ...document.getElementById('heatmap').dataset })");
        var offsets = data["offsets"].Split(',').Select(Number).ToArray();
        var half = Number(data["cell"]) / 2;
        return (Number(data["originX"]) + offsets[column] + half, Number(data["originY"]) + offsets[row] + half);
    }

    private static float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    private readonly record struct Pixel(int Red, int Green, int Blue);
}
