using System.Xml.Linq;

namespace Pingmesh.UnitTests.Architecture;

/// <summary>The direction that references between projects may take, and what goes against it.</summary>
internal static class ProjectReferences
{
    private const string WebFramework = "Microsoft.AspNetCore";

    // Each project with those it may refer to.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Core"] = [],
        ["Probing"] = ["Core"],
        ["Agent"] = ["Core", "Probing"],
        ["AgentCli"] = ["Core", "Probing", "Agent"],
        ["Controller"] = ["Core"],
        ["Store"] = ["Core"],
        ["Analysis"] = ["Core", "Store"],
        ["Server"] = ["Core", "Controller", "Store", "Analysis"],
        ["Lab"] = ["Core", "Probing", "Agent", "Controller", "Store", "Analysis"],
        ["Cli"] = ["Core", "Probing", "Agent", "AgentCli", "Controller", "Store", "Analysis", "Server", "Lab"],
    };

    private static readonly string[] MayServeTheWeb = ["Server", "Cli"];

    /// <summary>What is wrong with a project's references, one sentence each.</summary>
    /// <param name="project">Name without <c>Pingmesh.</c>.</param>
    /// <param name="csproj">Content of the project file.</param>
    public static List<string> Faults(string project, XElement csproj)
    {
        if (!Allowed.TryGetValue(project, out var allowed)) return [$"{project}: no rule says what it may refer to"];
        var faults = new List<string>();
        foreach (var include in Includes(csproj, "ProjectReference"))
        {
            var name = Path.GetFileNameWithoutExtension(include.Replace('\\', '/')).Replace("Pingmesh.", "", StringComparison.Ordinal);
            if (!allowed.Contains(name)) faults.Add($"{project} must not refer to {name}");
        }

        if (MayServeTheWeb.Contains(project)) return faults;
        var sdk = (string?)csproj.Attribute("Sdk") ?? "";
        if (sdk.EndsWith(".Web", StringComparison.Ordinal)) faults.Add($"{project} must not use {sdk}");
        faults.AddRange(
            Includes(csproj, "FrameworkReference").Concat(Includes(csproj, "PackageReference"))
                .Where(include => include.StartsWith(WebFramework, StringComparison.Ordinal))
                .Select(include => $"{project} must not use {include}"));
        return faults;
    }

    private static IEnumerable<string> Includes(XElement csproj, string element) =>
        csproj.Descendants(element).Select(item => (string?)item.Attribute("Include") ?? "");
}
