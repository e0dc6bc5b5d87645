namespace Pingmesh.Core.Yaml;

/// <summary>One thing that is wrong with a configuration or topology file.</summary>
/// <param name="File">The file, as the user named it.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="Message">What is wrong and, after a semicolon, what to do about it.</param>
public sealed record ConfigurationError(string File, int Line, int Column, string Message)
{
    /// <summary><c>FILE:LINE:COLUMN: message; remedy</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
