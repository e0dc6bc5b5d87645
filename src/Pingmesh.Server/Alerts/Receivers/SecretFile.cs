namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>Files that hold secrets. They are read each time, so that a changed secret counts at once.</summary>
internal static class SecretFile
{
    /// <summary>The secret in a file, without white space around it; null where there is no file.</summary>
    /// <exception cref="IOException">It cannot be read, or is empty.</exception>
    public static string? Read(string? path)
    {
        if (path is null) return null;
        try
        {
            var text = File.ReadAllText(path).Trim();
            return text.Length > 0 ? text : throw new IOException($"{path} is empty; write the secret into it");
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{path} cannot be read: {error.Message}", error);
        }
    }
}
