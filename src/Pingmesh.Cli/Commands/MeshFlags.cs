using System.CommandLine;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Configuration;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Cli.Commands;

/// <summary>The flags of commands that make a mesh without a server.</summary>
internal static class MeshFlags
{
    public static Option<string[]> MeshFile => ServerConfiguration.MeshSetting.Option;

    /// <summary>The mesh that flags, environment, configuration and mesh file ask for.</summary>
    /// <exception cref="UsageException">A flag is wrong.</exception>
    /// <exception cref="ConfigurationException">A file is wrong.</exception>
    public static MeshSettings Read(ConfigurationFile file, ParseResult flags)
    {
        var (settings, path) = file.Read(flags, "server", source => (MeshConfiguration.Read(source), source.Text(ServerConfiguration.MeshSetting)));
        if (settings.Validate() is { Count: > 0 } wrong) throw new UsageException(string.Join('\n', wrong));
        return path is null ? settings : ReadFile(path, settings);
    }

    /// <summary>The mesh of a mesh file.</summary>
    /// <exception cref="ConfigurationException">It cannot be read or is wrong.</exception>
    public static MeshSettings ReadFile(string path, MeshSettings defaults)
    {
        var reading = MeshYaml.Read(ConfigurationFile.Load(path), path, defaults);
        return reading.Settings ?? throw new ConfigurationException(reading.Errors);
    }
}
