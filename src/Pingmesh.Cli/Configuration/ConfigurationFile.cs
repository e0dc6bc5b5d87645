using System.CommandLine;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Cli.Configuration;

/// <summary>The configuration file, <c>pingmesh.yaml</c>: sections <c>server</c> and <c>agent</c>.</summary>
internal static class ConfigurationFile
{
    public static readonly Setting Path = new("config", "FILE", "Configuration file; flags and PINGMESH_* variables go before it.");

    /// <summary>Reads the settings of a role from flags, environment and the file they name, if any.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="section">The role's section of the file.</param>
    /// <param name="read">Reads the settings.</param>
    /// <exception cref="ConfigurationException">The file is missing or wrong.</exception>
    public static T Read<T>(ParseResult flags, string section, Func<SettingSource, T> read)
    {
        var path = new SettingSource(flags, Environment.GetEnvironmentVariable, null).Text(Path);
        if (path is null) return read(new SettingSource(flags, Environment.GetEnvironmentVariable, null));
        var text = Load(path);

        // The whole file is checked, also the other role's section: a mistake there waits for its victim.
        if (Check(text, path) is { Count: > 0 } errors) throw new ConfigurationException(errors);
        var file = Sections(StrictYaml.Parse(text, path)).GetValueOrDefault(section);
        return read(new SettingSource(flags, Environment.GetEnvironmentVariable, file));
    }

    /// <summary>Everything that is wrong with the text of a configuration file.</summary>
    public static IReadOnlyList<ConfigurationError> Check(string text, string path)
    {
        var yaml = StrictYaml.Parse(text, path);
        var sections = Sections(yaml);
        ServerConfiguration.Check(SettingSource.FileOnly(sections.GetValueOrDefault("server")));
        AgentConfiguration.Check(SettingSource.FileOnly(sections.GetValueOrDefault("agent")));
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

    private static Dictionary<string, YamlMapping> Sections(StrictYaml yaml)
    {
        var sections = new Dictionary<string, YamlMapping>();
        foreach (var name in new[] { "server", "agent" })
        {
            if (yaml.Root.Find(name)?.Mapping() is { } section) sections[name] = section;
        }

        return sections;
    }
}
