using System.Net;
using Google.Protobuf;
using Pingmesh.Agent;
using Pingmesh.Agent.Aggregation;
using Pingmesh.Agent.Schedule;
using Pingmesh.Core;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Sketches;
using Pingmesh.Probing;
using Pingmesh.Probing.Responders;
using Pingmesh.Probing.Tcp;
using Pingmesh.Server.Api;

namespace Pingmesh.SystemTests.EndToEnd;

public sealed class AccuracyTests
{
    [Fact]
    public async Task Percentiles_of_the_api_agree_with_the_kernels_figures_for_the_same_probes()
    {
        await using var server = new ServerProcess(TestMesh.Topology(1, 1, 2, 1));
        await server.StartAsync();
        var pinglist = PinglistJson.Read(await server.Http.GetByteArrayAsync("/api/v1/pinglist/dc1-ps1-pod1-h1"));
        var plan = ProbePlan.From(pinglist, []);
        using var responder = new TcpResponder(new IPEndPoint(IPAddress.Parse("127.101.2.1"), Ports.Responder));

        var outcomes = new List<RecordedOutcome>();
        Probe(plan, outcomes, 2_000);
        Assert.All(outcomes, outcome => Assert.True(outcome.Outcome.Succeeded));
        var exact = outcomes.Select(outcome => outcome.Outcome.RttNanoseconds / 1000.0).Order().ToArray();

        var started = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var batch = new BatchBuilder(pinglist.Host, "test", 1, TimeProvider.System).Build(outcomes.ToArray(), plan.Sources)!;
        using (var content = new ByteArrayContent(ServerClient.Gzip(batch.ToByteArray())))
        {
            content.Headers.ContentType = new("application/x-protobuf");
            content.Headers.ContentEncoding.Add("gzip");
            using var answer = await server.Http.PostAsync("/api/v1/measurements", content);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        var sla = await server.GetAsync<SlaResponse>($"/api/v1/sla?level=all&from={started - 120}&to={started + 60}");
        var all = sla.Scopes.Single(scope => scope.Scope == "all");
        Assert.Equal(2_000, all.Probes);
        AssertWithin(exact[999], all.P50Us!.Value);
        AssertWithin(exact[1979], all.P99Us!.Value);
    }

    // The sketch's error, and a tenth of a microsecond that the API rounds to.
    private static void AssertWithin(double exact, double shown) =>
        Assert.InRange(shown, (exact / (1 + SketchScale.RelativeError)) - 0.1, (exact * (1 + SketchScale.RelativeError)) + 0.1);

    private static void Probe(ProbePlan plan, List<RecordedOutcome> outcomes, int count)
    {
        var target = Assert.Single(plan.Targets);
        using var prober = new TcpProber(new ProberOptions { SourceIPv4 = plan.Sources[0] }, TimeProvider.System);
        var sink = new Sink(target, outcomes);
        for (var started = 0; outcomes.Count < count;)
        {
            for (var i = 0; i < 10 && started < count; i++, started++) prober.Start(0, target.Peer, new ProbeShape { Dscp = 0, TimeoutNanoseconds = target.TimeoutNanoseconds });
            prober.Poll(sink);
        }
    }

    private sealed class Sink(PlannedTarget target, List<RecordedOutcome> to) : IOutcomeSink
    {
        public void Completed(in ProbeOutcome outcome, in ProbeDetail detail) => to.Add(new RecordedOutcome(target, outcome));
    }
}
