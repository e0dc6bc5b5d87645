using System.Net;
using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using static Pingmesh.UnitTests.Agent.Pinglists;

namespace Pingmesh.UnitTests.Agent;

public class ProbePlanTests
{
    public static TheoryData<string, string> Refused => new()
    {
        { "interval", "interval_ms 9999; it goes from 10000 to 3600000" },
        { "long interval", "interval_ms 3600001;" },
        { "timeout", "timeout_ms 9001; it goes from 1 to 9000" },
        { "no timeout", "timeout_ms 0;" },
        { "address", "'10.0.0.300' of peer 'p' is no IP address and no DNS name" },
        { "port", "port 65536; it goes from 1 to 65535" },
        { "no port", "port 0;" },
        { "dscp", "DSCP 64; it goes from 0 to 63" },
        { "kind", "unknown probe kind 'pigeon'" },
        { "class", "unknown probe class 'inter-galactic'" },
        { "slow", "slow_us 0;" },
        { "twice", "peer 10.0.0.0 is listed twice for tcp at DSCP 0" },
        { "mapped", "peer 10.0.0.0 is listed twice for tcp at DSCP 0" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Plan_refuses_what_the_limits_forbid(string what, string sentence)
    {
        var good = Group(1);
        var bad = what switch
        {
            "interval" => good with { IntervalMs = 9_999 },
            "long interval" => good with { IntervalMs = 3_600_001 },
            "timeout" => good with { TimeoutMs = 9_001 },
            "no timeout" => good with { TimeoutMs = 0 },
            "address" => good with { Peers = [new Peer("p", "10.0.0.300")] },
            "port" => good with { Port = 65_536 },
            "no port" => good with { Port = 0 },
            "dscp" => good with { Dscp = 64 },
            "kind" => good with { Kind = "pigeon" },
            "class" => good with { Class = "inter-galactic" },
            "slow" => good with { SlowUs = 0 },
            "twice" => Group(1, probeClass: "intra-pod", port: 4),
            _ => good with { Peers = [new Peer("p", "::ffff:10.0.0.0")] },
        };
        var error = Assert.Throws<FormatException>(() => Plan(Group(1), bad));
        Assert.StartsWith("pinglist: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_refuses_more_peers_than_allowed_and_takes_as_many_as_allowed()
    {
        Assert.Equal(10_000, Plan(Group(9_999), Group(1, dscp: 10)).Targets.Count);
        var error = Assert.Throws<FormatException>(() => Plan(Group(10_000), Group(1, dscp: 10)));
        Assert.Contains("10001 peers; at most 10000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_takes_the_extremes_and_the_same_peer_at_another_dscp()
    {
        var plan = Plan(
            Group(1) with { IntervalMs = 10_000, TimeoutMs = 9_000, Port = 65_535, SlowUs = 1 },
            Group(1, dscp: 63) with { IntervalMs = 3_600_000, TimeoutMs = 1, Port = 1, SlowUs = int.MaxValue },
            Group(0) with { Kind = "from the future" });
        Assert.Equal(2, plan.Groups.Count);
        var target = plan.Targets[1];
        Assert.Equal(new SeriesKey(ProbeKind.Tcp, ProbeClass.IntraDc, 63), target.Series);
        Assert.Equal(AddressKey.Of(IPAddress.Parse("10.0.0.0")), target.Key);
        Assert.Equal((1_000_000L, int.MaxValue * 1_000L), (target.TimeoutNanoseconds, target.SlowNanoseconds));
    }

    [Fact]
    public void Probes_leave_from_the_pinglists_addresses_unless_others_are_given_one_a_family()
    {
        var pinglist = Of(Group(1)) with { Addresses = ["10.1.1.1", "fd00::1", "10.1.1.2"] };
        Assert.Equal(["10.1.1.1", "fd00::1"], ProbePlan.From(pinglist, []).Sources.Select(address => address.ToString()));
        Assert.Equal([IPAddress.Loopback], ProbePlan.From(pinglist, [IPAddress.Loopback]).Sources);
        var error = Assert.Throws<FormatException>(() => ProbePlan.From(pinglist with { Addresses = ["here"] }, []));
        Assert.Contains("'here', given as this host's address, is no IP address", error.Message, StringComparison.Ordinal);
    }
}
