using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Probes;

namespace Pingmesh.UnitTests.Controller;

public class MeshSettingsTests
{
    public static TheoryData<MeshSettings, string> Impossible => new()
    {
        { Of(new MeshGraph { Interval = TimeSpan.FromSeconds(9.999) }), "The interval is 9.999 s; use 10 s to 3600 s." },
        { Of(new MeshGraph { Interval = TimeSpan.FromHours(2) }), "The interval is 7200 s; use 10 s to 3600 s." },
        { Of(new MeshGraph { Timeout = TimeSpan.FromSeconds(9.5) }), "The timeout is 9.5 s; use 0.001 s to 9 s." },
        { Of(new MeshGraph { Timeout = TimeSpan.Zero }), "The timeout is 0 s; use 0.001 s to 9 s." },
        { Of(new MeshGraph { SlowThreshold = TimeSpan.Zero }), "The slow threshold is 0 s; use 0.000001 s to 10 s." },
        { Of(new MeshGraph { Port = 0 }), "The port is 0; use 1 to 65535." },
        { Of(new MeshGraph { Dscp = 64 }), "The DSCP is 64; use 0 to 63." },
        { Of(new MeshGraph { PayloadBytes = 65_537, Kind = ProbeKind.Udp }), "The payload is 65537 bytes; use 0 to 65536." },
        { Of(new MeshGraph { PayloadBytes = 1 }), "A tcp probe has no payload; remove it." },
        { Of(new MeshGraph { SourcePortFrom = 9, SourcePortTo = 8 }), "The source ports go from 9 to 8; use 1 to 65535, the first not above the last." },
        { Of(new MeshGraph { Kind = ProbeKind.Ntp }), "Agents do not answer ntp probes; use tcp, tcp-payload, icmp, udp or http." },
        { Of(new MeshGraph { Targets = [new StaticTarget("a", "10.0.0.1")] }), "A graph of shape three-levels has targets; give them to a graph of shape targets." },
        {
            Of(new MeshGraph { Shape = GraphShape.Targets, Targets = [new StaticTarget("a", "10.0.0.1", 80), new StaticTarget("b", "10.0.0.1", 443)] }),
            "Target 10.0.0.1 is there 2 times; a host probes an address once an interval by tcp, keep one."
        },
        { Of(new MeshGraph { Shape = GraphShape.Targets }), "There are no targets; list at least one." },
        { Of(new MeshGraph { Shape = GraphShape.Targets, Targets = [new StaticTarget("a", "10.0.0.1")], TargetClass = ProbeClass.IntraPod }), "The class is intra-pod; use vip or external." },
        { Of(new MeshGraph { Shape = GraphShape.Targets, Targets = [new StaticTarget("a", "10.0.0.1")], Kind = ProbeKind.Dns }), "A dns probe asks for nothing; give the name to ask for." },
        { new MeshSettings { Graphs = [] }, "There are no graphs; give at least one." },
        { new MeshSettings { MaxHostRate = 1_000.5 }, "The most probes a second of a host are 1000.5; use more than 0, up to 1000." },
        { new MeshSettings { MaxUplinkRate = 0 }, "The most probes a second over a pod's uplinks are not above 0; raise them." },
        { new MeshSettings { MaxFleetRate = -1 }, "The most probes a second of the fleet are not above 0; raise them." },
        { new MeshSettings { Rotation = TimeSpan.FromSeconds(59) }, "The rotation is not between 1 minute and 1 day." },
        { new MeshSettings { Graphs = [new MeshGraph(), new MeshGraph { Port = 0 }] }, "Two graphs are named 'mesh'; rename one. Graph 'mesh': The port is 0; use 1 to 65535." },
        { new MeshSettings { MaxPeers = 10_001 }, "The most peers of a host are 10001; use 1 to 10000." },
        { Of(new MeshGraph { InterDcHosts = 0 }), "The host pairs between pods of different data centers are 0; use 1 to 100." },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void Validate_names_the_value_and_the_range(MeshSettings settings, string error) => Assert.Equal(error, string.Join(' ', settings.Validate()));

    [Fact]
    public void Validate_lists_every_error_at_once() =>
        Assert.Equal(2, new MeshSettings { Graphs = [new MeshGraph { Port = -1 }], MaxPeers = 0 }.Validate().Count);

    [Fact]
    public void Defaults_are_valid() => Assert.Empty(MeshSettings.Default.Validate());

    [Fact]
    public void Settings_that_say_the_same_are_equal()
    {
        Assert.Equal(new MeshSettings(), new MeshSettings { Graphs = [new MeshGraph()] });
        Assert.NotEqual(new MeshSettings(), Of(new MeshGraph { Dscp = 1 }));
    }

    private static MeshSettings Of(MeshGraph graph) => new() { Graphs = [graph] };
}
