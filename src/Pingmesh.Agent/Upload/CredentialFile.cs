using System.Globalization;

namespace Pingmesh.Agent.Upload;

/// <summary>An agent's credential, kept beside its spool so that a restart need not ask for a new one.</summary>
/// <param name="Text">The credential.</param>
/// <param name="RenewAt">When to ask for the next one: half of its time is over then.</param>
internal sealed record CredentialFile(string Text, DateTimeOffset RenewAt)
{
    /// <summary>Reads what an earlier run kept; null when there is nothing that can be used.</summary>
    public static CredentialFile? Read(string path)
    {
        try
        {
            return File.ReadAllLines(path) is [var text, var at, ..]
                && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var renewAt)
                ? new CredentialFile(text, renewAt)
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps the credential, readable by this user only. Where that fails, the next run asks for a new one.</summary>
    public void Write(string path)
    {
        try
        {
            File.Delete(path);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using var file = new StreamWriter(path, options);
            file.WriteLine(Text);
            file.WriteLine(RenewAt.ToString("O", CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The credential in memory is as good.
        }
    }
}
