using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.UnitTests.Analysis;

/// <summary>A quarter of the probes between the podsets of dc1 time out, and agents that take no orders try the five-tuples again.</summary>
public sealed class ConfirmedFailuresTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProbeError.Timeout, IncidentKind.BlackHole)]
    [InlineData(ProbeError.None, IncidentKind.SilentDrops)]
    public async Task Kind_follows_what_became_of_the_tuples_when_they_were_tried_again(ProbeError again, IncidentKind kind)
    {
        var time = new VirtualTime(DateTimeOffset.FromUnixTimeSeconds(CollectorRig.Start));
        using var book = await IncidentBook.OpenAsync(new MemoryDocuments(), time, Cancellation);
        var services = new ServiceMap(TestMesh.Topology, []);
        var detector = new Detector(() => services, null, book, time, NullLogger<Detector>.Instance);
        var random = new Random(3);
        for (var window = 0; window < 18; window++)
        {
            var start = CollectorRig.Start + (window * 10);
            time.Advance(TimeSpan.FromSeconds(10));
            for (var source = 1; source <= 16; source++)
            {
                var probes = new List<TestProbe>();
                for (var target = 1; target <= 16; target++)
                {
                    if (target == source) continue;
                    var isBad = window >= 8 && source <= 8 && target <= 8 && (source <= 4) != (target <= 4) && random.Next(4) == 0;
                    probes.Add(TestMesh.Probe(source, target, start + (target % 10), isBad ? TestMesh.Failed() : TestMesh.Good(200)));
                }

                var batch = TestMesh.Batch((ulong)window + 1, probes);
                foreach (var failed in batch.Records.ToList())
                {
                    var confirmation = failed.Clone();
                    (confirmation.Confirms, confirmation.Error, confirmation.RttNs) = (1, (uint)again, again == ProbeError.None ? 200_000ul : 0);
                    batch.Records.Add(confirmation);
                }

                detector.Take(batch.ToByteArray());
            }

            detector.Look(Cancellation);
            await detector.InvestigatedAsync();
        }

        detector.Look(Cancellation);
        Assert.NotEmpty(book.Current);
        Assert.All(book.Current, incident => Assert.Equal(kind, incident.Kind));
        var evidence = await book.FindEvidenceAsync(book.Current[0].Id, Cancellation);
        Assert.InRange(evidence!.ProbedAgain, 3, 10_000);
        Assert.Equal(again == ProbeError.None ? 0 : evidence.ProbedAgain, evidence.FailedAgain);
    }
}
