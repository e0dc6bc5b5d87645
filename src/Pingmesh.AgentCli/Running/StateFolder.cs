namespace Pingmesh.AgentCli.Running;

/// <summary>Where the program keeps files unless told otherwise.</summary>
internal static class StateFolder
{
    /// <summary><c>/var/lib/pingmesh</c> for root, else below the user's state folder (XDG base directories).</summary>
    public static string Default
    {
        get
        {
            if (Environment.IsPrivilegedProcess) return "/var/lib/pingmesh";
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (string.IsNullOrEmpty(state)) state = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
            return Path.Combine(state, "pingmesh");
        }
    }

    /// <summary>Makes a folder.</summary>
    /// <exception cref="FailedException">It cannot be made; names the flag that chooses another.</exception>
    public static string Ensure(string folder, string flag)
    {
        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"the folder {folder} cannot be used: {error.Message}; choose another with {flag}");
        }
    }
}
