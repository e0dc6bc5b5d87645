using System.CommandLine;
using Pingmesh.Core.Yaml;

namespace Pingmesh.AgentCli.Configuration;

/// <summary>
/// The configuration file, <c>pingmesh.yaml</c>: a section for each role. A program without a role knows of that
/// role's section, but not what may stand in it.
/// </summary>
/// <param name="sections">The sections by name, each with what reads all of its settings for the sake of their errors; null for a role that this program does not have.</param>
internal sealed class ConfigurationFile(IReadOnlyDictionary<string, Action<SettingSource>?> sections)
{
    public static readonly Setting Path = new("config", "FILE", "Configuration file; flags and PINGMESH_* variables go before it.");

    /// <summary>Reads the settings of a role from flags, environment and the file they name, if any.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="section">The role's section of the file.</param>
    /// <param name="read">Reads the settings.</param>
    /// <exception cref="ConfigurationException">The file is missing or wrong.</exception>
    public T Read<T>(ParseResult flags, string section, Func<SettingSource, T> read)
    {
        if (FileOf(flags) is not { } path) return read(new SettingSource(flags, Environment.GetEnvironmentVariable, null));
        var text = Load(path);

        // The whole file is checked, also the other roles' sections: a mistake there waits for its victim.
        if (Check(text, path) is { Count: > 0 } errors) throw new ConfigurationException(errors);
        var file = Mappings(StrictYaml.Parse(text, path)).GetValueOrDefault(section);
        return read(new SettingSource(flags, Environment.GetEnvironmentVariable, file));
    }

    /// <summary>Reads a section of a file, without flags and environment.</summary>
    /// <exception cref="ConfigurationException">The file is missing or wrong.</exception>
    public T ReadFile<T>(string section, string path, Func<SettingSource, T> read)
    {
        var text = Load(path);
        if (Check(text, path) is { Count: > 0 } errors) throw new ConfigurationException(errors);
        return read(SettingSource.FileOnly(Mappings(StrictYaml.Parse(text, path)).GetValueOrDefault(section)));
    }

    /// <summary>The configuration file that flags or environment name; null for none.</summary>
    public static string? FileOf(ParseResult flags) => new SettingSource(flags, Environment.GetEnvironmentVariable, null).Text(Path);

    /// <summary>Everything that is wrong with the text of a configuration file.</summary>
    public IReadOnlyList<ConfigurationError> Check(string text, string path)
    {
        var yaml = StrictYaml.Parse(text, path);
        var mappings = Mappings(yaml);
        foreach (var (name, check) in sections) check?.Invoke(SettingSource.FileOnly(mappings.GetValueOrDefault(name)));
        return yaml.Finish();
    }

    /// <summary>The text of a file.</summary>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static string Load(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new ConfigurationError(path, 1, 1, $"the file cannot be read: {error.Message}")]);
        }
    }

    private Dictionary<string, YamlMapping> Mappings(StrictYaml yaml)
    {
        var mappings = new Dictionary<string, YamlMapping>();
        foreach (var (name, check) in sections)
        {
            var node = yaml.Root.Find(name);
            if (check is not null && node?.Mapping() is { } section) mappings[name] = section;
        }

        return mappings;
    }
}
