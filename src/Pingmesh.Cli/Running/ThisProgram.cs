namespace Pingmesh.Cli.Running;

/// <summary>How this program is started once more.</summary>
internal static class ThisProgram
{
    /// <summary>The beginning of its command line. Run by 'dotnet pingmesh.dll', the process is dotnet's, and the program its first argument.</summary>
    public static IReadOnlyList<string> Command { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) is "dotnet"
        ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "pingmesh.dll")]
        : [Environment.ProcessPath!];
}
