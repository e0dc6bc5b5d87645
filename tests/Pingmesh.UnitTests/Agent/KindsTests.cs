using System.Net;
using Pingmesh.Agent;
using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using static Pingmesh.UnitTests.Agent.Pinglists;

namespace Pingmesh.UnitTests.Agent;

/// <summary>Plans of kinds other than tcp, of names, and under lower limits.</summary>
public sealed class KindsTests
{
    [Fact]
    public void Every_kind_of_probe_can_be_planned_with_what_goes_with_it()
    {
        var plan = Plan(
            Group(1) with { Kind = "tcp-payload", PayloadBytes = 1_200 },
            Group(1) with { Kind = "icmp", Port = 0, PayloadBytes = 1_400, DontFragment = true },
            Group(1) with { Kind = "udp", SourcePortFrom = 40_000, SourcePortTo = 40_001 },
            Group(1) with { Kind = "http", Http = new HttpCheck { Path = "/x" } },
            Group(1) with { Kind = "tls" },
            Group(1) with { Kind = "dns", Dns = new DnsCheck { Name = "a.example" } },
            Group(1) with { Kind = "grpc" },
            Group(1) with { Kind = "ntp" });
        Assert.Equal(Enum.GetValues<ProbeKind>().Skip(1), plan.Targets.Select(target => target.Series.Kind));
        Assert.Equal((1_200, 1_400, true), (plan.Targets[0].Shape.PayloadBytes, plan.Targets[1].Shape.PayloadBytes, plan.Targets[1].Shape.DontFragment));
        Assert.Equal([40_000, 40_001, 40_000], Enumerable.Range(0, 3).Select(_ => (int)plan.Targets[2].NextShape().SourcePort));
        Assert.All(plan.Targets, target => Assert.Equal(target.Series.Kind >= ProbeKind.Http, target.Platform is not null));
    }

    [Theory]
    [InlineData("dns", "dns: missing")]
    [InlineData("path", "http.path")]
    [InlineData("payload", "payload_bytes 65537")]
    [InlineData("sources", "source ports 5 to 4")]
    [InlineData("multicast", "224.0.0.1 of peer 'p' is the address of no single host")]
    [InlineData("any", "0.0.0.0 of peer 'p'")]
    [InlineData("name", "'no such name' of peer 'p' is no IP address and no DNS name")]
    public void Impossible_groups_are_refused_with_the_place(string what, string sentence)
    {
        var good = Group(1);
        var bad = what switch
        {
            "dns" => good with { Kind = "dns" },
            "path" => good with { Kind = "http", Http = new HttpCheck { Path = "x" } },
            "payload" => good with { PayloadBytes = 65_537 },
            "sources" => good with { SourcePortFrom = 5, SourcePortTo = 4 },
            "multicast" => good with { Peers = [new Peer("p", "224.0.0.1")] },
            "any" => good with { Peers = [new Peer("p", "0.0.0.0")] },
            _ => good with { Peers = [new Peer("p", "no such name")] },
        };
        Assert.Contains(sentence, Assert.Throws<FormatException>(() => Plan(bad)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_stand_for_one_address_or_all_and_for_none_while_unknown()
    {
        IReadOnlyList<IPAddress> known = [];
        var context = new PlanContext { AddressesOf = name => name == "site.example" ? known : throw new ArgumentException(name) };
        var group = Group(0) with { Peers = [new Peer("site", "site.example")] };
        Assert.Empty(ProbePlan.From(Of(group), context).Targets);
        known = [IPAddress.Parse("10.1.1.1"), IPAddress.Parse("10.1.1.2"), IPAddress.Parse("239.0.0.1")];
        Assert.Equal("10.1.1.1", Addresses(group));
        Assert.Equal("10.1.1.1 10.1.1.2", Addresses(group with { EveryAddress = true }));

        string Addresses(PinglistGroup one) =>
            string.Join(' ', ProbePlan.From(Of(one), context).Targets.Select(target => AddressKey.ToAddress(target.Key)));
    }

    [Fact]
    public void Two_sites_behind_one_address_are_two_targets_but_one_host_is_not_probed_twice()
    {
        var http = Group(0) with { Kind = "http", Peers = [new Peer("a", "10.0.0.1"), new Peer("b", "10.0.0.1")] };
        Assert.Equal(2, Plan(http).Targets.Count);
        Assert.Throws<FormatException>(() => Plan(http with { Kind = "udp" }));
    }

    [Fact]
    public void Lower_limits_cut_payloads_and_stretch_intervals()
    {
        var limits = new AgentLimits { MaxProbesPerSecond = 10, MaxPayloadBytes = 100 };
        var plan = ProbePlan.From(Of(Group(500) with { Kind = "tcp-payload", PayloadBytes = 4_000 }), new PlanContext { Limits = limits });
        Assert.All(plan.Targets, target => Assert.Equal(100, target.Shape.PayloadBytes));
        var run = new ScheduleRun(5);
        run.Follow(plan);
        Assert.Equal(5, run.Schedule.Stretch);
        run.Run(120 * ScheduleRun.Second);
        Assert.InRange(run.MostInASecond, 5, 10);
        Assert.All(run.Starts.Values, starts => Assert.InRange(starts.Count, 1, 3));
        Assert.True(run.Schedule.Cycles.Finished > 0);
        Assert.Equal(run.Schedule.Cycles.Finished, run.Schedule.Cycles.Overrun);
    }
}
