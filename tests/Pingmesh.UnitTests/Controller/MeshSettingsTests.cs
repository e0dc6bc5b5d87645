using Pingmesh.Controller.MeshGraphs;

namespace Pingmesh.UnitTests.Controller;

public class MeshSettingsTests
{
    public static TheoryData<MeshSettings, string> Impossible => new()
    {
        { new MeshSettings { Interval = TimeSpan.FromSeconds(9.999) }, "The interval is 9.999 s; use 10 s to 3600 s." },
        { new MeshSettings { Interval = TimeSpan.FromHours(2) }, "The interval is 7200 s; use 10 s to 3600 s." },
        { new MeshSettings { Timeout = TimeSpan.FromSeconds(9.5) }, "The timeout is 9.5 s; use 0.001 s to 9 s." },
        { new MeshSettings { Timeout = TimeSpan.Zero }, "The timeout is 0 s; use 0.001 s to 9 s." },
        { new MeshSettings { SlowThreshold = TimeSpan.Zero }, "The slow threshold is 0 s; use 0.000001 s to 10 s." },
        { new MeshSettings { Port = 0 }, "The port is 0; use 1 to 65535." },
        { new MeshSettings { Dscp = 64 }, "The DSCP is 64; use 0 to 63." },
        { new MeshSettings { MaxPeers = 10_001 }, "The most peers of a host are 10001; use 1 to 10000." },
        { new MeshSettings { InterDcHosts = 0 }, "The host pairs between pods of different data centers are 0; use 1 to 100." },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void Validate_names_the_value_and_the_range(MeshSettings settings, string error) => Assert.Equal([error], settings.Validate());

    [Fact]
    public void Validate_lists_every_error_at_once() =>
        Assert.Equal(2, new MeshSettings { Port = -1, MaxPeers = 0 }.Validate().Count);

    [Fact]
    public void Defaults_are_valid() => Assert.Empty(MeshSettings.Default.Validate());
}
