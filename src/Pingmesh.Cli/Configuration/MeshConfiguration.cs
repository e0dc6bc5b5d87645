using Pingmesh.AgentCli.Configuration;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core;

namespace Pingmesh.Cli.Configuration;

/// <summary>The probe settings: how the mesh probes.</summary>
internal static class MeshConfiguration
{
    public static readonly Setting Interval = new("probe_interval", "DURATION", "Time between two probes of a peer; default 10s, which is also the least.");
    public static readonly Setting Timeout = new("probe_timeout", "DURATION", "How long a probe waits; default 2500ms, at most 9s.");
    public static readonly Setting Slow = new("probe_slow", "DURATION", "RTT from which a probe is kept as evidence; default 5ms.");
    public static readonly Setting Port = new("probe_port", "PORT", "Port of the agents' responders; default 58100.");
    public static readonly Setting Dscp = new("probe_dscp", "DSCP", "QoS of probes, 0 to 63; default 0.");
    public static readonly Setting MaxPeers = new("max_peers", "N", "Most peers of a host; default 5000.");
    public static readonly Setting InterDcHosts = new("inter_dc_hosts", "N", "Host pairs for each pod pair across data centers; default 1.");

    public static IReadOnlyList<Setting> All { get; } = [Interval, Timeout, Slow, Port, Dscp, MaxPeers, InterDcHosts];

    public static MeshSettings Read(SettingSource source)
    {
        var defaults = MeshGraph.Default;
        var graph = new MeshGraph
        {
            Interval = source.Duration(Interval, HardLimits.MinProbeInterval, HardLimits.MaxProbeInterval) ?? defaults.Interval,
            Timeout = source.Duration(Timeout, TimeSpan.FromMilliseconds(1), HardLimits.MaxProbeTimeout) ?? defaults.Timeout,
            SlowThreshold = source.Duration(Slow, TimeSpan.FromMicroseconds(1), HardLimits.MaxProbeTimeout) ?? defaults.SlowThreshold,
            Port = source.WholeNumber(Port, 1, ushort.MaxValue) ?? defaults.Port,
            Dscp = (byte)(source.WholeNumber(Dscp, 0, 63) ?? defaults.Dscp),
            InterDcHosts = source.WholeNumber(InterDcHosts, 1, MeshGraph.MaxHosts) ?? defaults.InterDcHosts,
        };
        return new MeshSettings { Graphs = [graph], MaxPeers = source.WholeNumber(MaxPeers, 1, HardLimits.MaxPeers) ?? MeshSettings.Default.MaxPeers };
    }
}
