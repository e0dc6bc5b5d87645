using Pingmesh.Core.Topologies;

namespace Pingmesh.Lab.Labs;

/// <summary>Where labs keep their files.</summary>
public static class LabHome
{
    /// <summary>Names the folder to a process inside of a user namespace, where it would take itself for root.</summary>
    public const string Variable = "PINGMESH_LAB_HOME";

    /// <summary>The folder of all labs: <c>/run/pingmesh-lab</c> for root, below the user's state folder for others.</summary>
    public static string Root
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return given;
            if (Environment.IsPrivilegedProcess) return "/run/pingmesh-lab";
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (string.IsNullOrEmpty(state))
            {
                var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
                state = home.Length > 0 ? Path.Combine(home, ".local", "state") : Path.Combine(Path.GetTempPath(), $"pingmesh-{Environment.UserName}");
            }

            return Path.Combine(state, "pingmesh", "lab");
        }
    }

    /// <summary>The folder of a lab.</summary>
    /// <exception cref="LabException">The name cannot be a lab's.</exception>
    public static string FolderOf(string lab)
    {
        // It stands in names of files and namespaces, in which '/' and ':' would do harm.
        if (!ScopeName.IsValid(lab) || lab.Length > 30 || lab.Contains(':', StringComparison.Ordinal))
            throw new LabException($"'{lab}' is no name for a lab; use up to 30 letters, digits, '-', '_' and '.'");
        return Path.Combine(Root, lab);
    }

    /// <summary>The labs that have a folder.</summary>
    public static IReadOnlyList<string> Labs() => Directory.Exists(Root) ? [.. Directory.EnumerateDirectories(Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)] : [];
}
