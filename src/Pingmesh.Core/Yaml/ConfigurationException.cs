namespace Pingmesh.Core.Yaml;

/// <summary>A file cannot be used. The message holds every error, one a line.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Makes the exception of what is wrong, at least one error.</summary>
    public ConfigurationException(IReadOnlyList<ConfigurationError> errors)
        : base(string.Join('\n', errors)) => Errors = errors;

    /// <summary>What is wrong, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; }
}
