namespace Pingmesh.SystemTests;

/// <summary>Skips a test, with the reason, where the machine lacks what it needs.</summary>
internal static class Requires
{
    public static void Root()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("needs root");
    }

    public static string Program(string name, string package)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin"))
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path)) return path;
        }

        Assert.Skip($"needs '{name}': install the Debian package {package}");
        return "";
    }
}
