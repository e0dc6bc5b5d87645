using System.Net;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Icmp;

namespace Pingmesh.UnitTests.Probing;

public sealed class IcmpProberTests
{
    [Theory]
    [InlineData("127.61.1.1", 0)]
    [InlineData("127.61.1.1", 1)]
    [InlineData("127.61.1.1", 20_000)]
    [InlineData("::1", 0)]
    [InlineData("::1", 1_400)]
    public void Echo_is_answered_and_timed_by_the_kernel(string address, int bytes)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(address), 0);
        SkipWithoutIcmp(endpoint);
        using var prober = new IcmpProber(new ProberOptions(), TimeProvider.System);
        var probes = Probes.Many(prober, endpoint, 3, Probes.Shape() with { PayloadBytes = bytes });
        Assert.All(probes.All, probe =>
        {
            Assert.Equal(ProbeError.None, probe.Outcome.Error);
            Assert.InRange(probe.Outcome.RttNanoseconds, 500, 1_000_000_000);
            Assert.False(probe.Detail.UserClock);
            Assert.Equal(64, probe.Detail.ReplyTtl);
        });
        Assert.Empty(probes.Duplicates);
        Assert.Equal([0, 1, 2], probes.All.Select(probe => probe.Outcome.Target).Order());
    }

    [Fact]
    public void Two_probers_do_not_take_each_others_answers()
    {
        var endpoint = new IPEndPoint(IPAddress.Parse("127.61.1.2"), 0);
        SkipWithoutIcmp(endpoint);
        using var one = new IcmpProber(new ProberOptions(), TimeProvider.System);
        using var other = new IcmpProber(new ProberOptions(), TimeProvider.System);
        var (ofOne, ofOther) = (new Probes(), new Probes());
        var peer = ProbeTarget.Create(endpoint.Address, 0);
        for (var i = 0; i < 50; i++)
        {
            one.Start(i, peer, Probes.Shape());
            other.Start(100 + i, peer, Probes.Shape());
        }

        ofOne.WaitFor(one, 50);
        ofOther.WaitFor(other, 50);
        Assert.All(ofOne.All, probe => Assert.True(probe.Outcome is { Succeeded: true, Target: < 50 }));
        Assert.All(ofOther.All, probe => Assert.True(probe.Outcome is { Succeeded: true, Target: >= 100 }));
        Assert.Empty(ofOne.Duplicates);
    }

    [Fact]
    public void More_than_fits_a_packet_is_too_large()
    {
        var endpoint = new IPEndPoint(IPAddress.Parse("127.61.1.3"), 0);
        SkipWithoutIcmp(endpoint);
        using var prober = new IcmpProber(new ProberOptions(), TimeProvider.System);
        Assert.Equal(ProbeError.TooLarge, Probes.One(prober, endpoint, Probes.Shape() with { PayloadBytes = 65_536 }).Outcome.Error);
    }

    private static void SkipWithoutIcmp(IPEndPoint endpoint) =>
        Assert.SkipWhen(
            IcmpProber.WhyUnavailable(endpoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6) is not null, "needs CAP_NET_RAW or net.ipv4.ping_group_range");
}
