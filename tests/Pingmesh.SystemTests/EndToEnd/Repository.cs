namespace Pingmesh.SystemTests.EndToEnd;

/// <summary>Where the built program and the repository are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Program { get; } = Path.Combine(Root, "artifacts", "bin", "Pingmesh.Cli", "release", "pingmesh.dll");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Pingmesh.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException($"no Pingmesh.slnx above {AppContext.BaseDirectory}");
    }
}
