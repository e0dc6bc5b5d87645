using System.Net;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core;

namespace Pingmesh.Cli.Configuration;

/// <summary>All settings of the server.</summary>
internal sealed record ServerConfiguration(
    IReadOnlyList<IPEndPoint> Listen, string Data, string? Topology, MeshSettings Mesh, LogSettings Log)
{
    public static readonly Setting ListenSetting =
        new("listen", "ADDRESS:PORT", "Where to listen; default *:9000. Beyond loopback, requests need a token.");

    public static readonly Setting DataSetting = new("data", "DIR", "Folder for the store and the tokens; default /var/lib/pingmesh for root.");
    public static readonly Setting TopologySetting = new("topology", "FILE", "The topology file: who is in the mesh. Followed while it changes.");

    public static IReadOnlyList<Setting> All { get; } =
        [ConfigurationFile.Path, ListenSetting, DataSetting, TopologySetting, .. MeshConfiguration.All, LogSettings.LevelSetting, LogSettings.FormatSetting];

    public static ServerConfiguration Read(SettingSource source) => new(
        source.Read(ListenSetting, ListenAddress.Parse) ?? ListenAddress.Parse($"*:{Ports.Server}").Value!,
        source.Text(DataSetting) ?? StateFolder.Default,
        source.Text(TopologySetting),
        MeshConfiguration.Read(source),
        LogSettings.Read(source));

    /// <summary>Reads everything for the sake of its errors.</summary>
    public static void Check(SettingSource source) => Read(source);
}
