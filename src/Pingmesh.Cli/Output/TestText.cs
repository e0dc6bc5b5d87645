using System.Globalization;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Trace;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Output;

/// <summary>What <c>pingmesh test</c> shows to a person: a block for each pair of hosts, as it comes.</summary>
/// <param name="to">Where to.</param>
/// <param name="isTrace">Whether paths are shown; else probes.</param>
internal sealed class TestText(TextWriter to, bool isTrace)
{
    public void Begin(TestResponse test)
    {
        if (test.Pairs.Count > 1) to.WriteLine($"{test.Test} {test.Kind} from {test.From} to {test.To}: {test.Pairs.Count} pairs, test {test.Id}");
    }

    public void Show(TestResponse test, TestPairResponse pair)
    {
        var port = pair.Port == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"/{pair.Port}");
        to.WriteLine($"{pair.From} -> {pair.To} ({pair.Address}) {test.Kind}{port}");
        if (isTrace) ShowPaths(test, pair);
        else ShowProbes(pair);
        if (pair.Problem is { } problem) to.WriteLine($"  {problem}");
    }

    public void End(TestResponse test, TimeSpan patience)
    {
        foreach (var pair in test.Pairs.Where(pair => pair.State == TestPairResponse.Waiting))
        {
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{pair.From} -> {pair.To}: the agent of '{pair.From}' did not answer within {patience.TotalSeconds:0.#} s; 'pingmesh agents' tells when it was last heard of"));
        }

        if (test.Pairs.Count > 1) to.WriteLine($"{test.Pairs.Count} pairs, {test.Pairs.Count(pair => pair.Ok)} good, {test.Pairs.Count(pair => !pair.Ok)} not");
    }

    private void ShowProbes(TestPairResponse pair)
    {
        foreach (var probe in pair.Probes)
        {
            var from = probe.SourcePort == 0 || pair.Port == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"from {probe.SourcePort}: ");
            to.WriteLine($"  {from}{Outcome(probe)}");
        }

        if (pair.Probes.Count == 0) return;
        var (failed, dropped) = (pair.Probes.Count(probe => probe.Error != "none"), pair.Probes.Count(probe => probe is { Error: "none", Retransmissions: > 0 }));
        var rtts = pair.Probes.Select(probe => probe.RttUs).OfType<double>().ToList();
        var figures = rtts.Count == 0 ? "" : $", rtt min/avg/max = {Figures.Rtt(rtts.Min())}/{Figures.Rtt(rtts.Average())}/{Figures.Rtt(rtts.Max())}";
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {pair.Probes.Count} probes, {failed} failed, {dropped} with a loss that TCP repaired{figures}"));
    }

    private static string Outcome(TestProbeResponse probe)
    {
        if (probe.Error != "none") return probe.Error;
        if (probe.Retransmissions == 0) return $"rtt {Figures.Rtt(probe.RttUs)}";
        var direction = probe.LossDirection switch { "forward" => ", on the way there", "return" => ", on the way back", _ => "" };
        return string.Create(CultureInfo.InvariantCulture, $"connected, but {probe.Retransmissions} packet{(probe.Retransmissions == 1 ? "" : "s")} had to be sent again{direction}");
    }

    private void ShowPaths(TestResponse test, TestPairResponse pair)
    {
        foreach (var same in pair.Flows.GroupBy(flow => string.Join(' ', flow.Hops.Select(NameOf))))
        {
            var flows = same.ToList();
            to.WriteLine($"  {flows.Count} flow{(flows.Count == 1 ? "" : "s")}, source port{(flows.Count == 1 ? "" : "s")} {TraceText.Ports(flows.Select(flow => flow.SourcePort))}{(flows[0].Reached ? "" : ": the target did not answer")}");
            foreach (var at in Enumerable.Range(0, flows[0].Hops.Count)) ShowHop([.. flows.Select(flow => flow.Hops[at])]);
        }

        var reached = pair.Flows.Count(flow => flow.Reached);
        if (pair.Flows.Count > 0) to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {reached} of {pair.Flows.Count} flows reached {pair.To}, {test.Count} tries of each hop"));
    }

    private void ShowHop(IReadOnlyList<TestHopResponse> hops)
    {
        var (sent, answered) = (hops.Sum(hop => hop.Sent), hops.Sum(hop => hop.Answered));
        var rtt = hops.Min(hop => hop.RttUs) is { } shortest ? $"  rtt {Figures.Rtt(shortest)}" : "";
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {hops[0].Ttl,2} {NameOf(hops[0])}  loss {sent - answered}/{sent}{rtt}"));
    }

    private static string NameOf(TestHopResponse hop) => hop.Addresses.Count == 0
        ? "*"
        : hop.Nodes.Count == 0 ? string.Join(" | ", hop.Addresses) : $"{string.Join(" | ", hop.Nodes)} ({string.Join(" | ", hop.Addresses)})";
}
