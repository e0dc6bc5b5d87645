using Google.Protobuf;
using System.Net;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Wire;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.UnitTests.Lab;

/// <summary>Reads the uploads of a simulation as a collector would, and keeps what they say of each pair of hosts.</summary>
internal sealed class RecordingSink(Fabric fabric) : IUploadSink
{
    private readonly Dictionary<(string From, string To), Measurement> pairs = [];
    private readonly Dictionary<IPAddress, string> names = fabric.Hosts.SelectMany(host => host.Addresses, KeyValuePair.Create).ToDictionary(pair => pair.Value, pair => pair.Key.Name);

    public Fabric Fabric => fabric;

    /// <summary>Probes in full: those that failed or dropped, and some others.</summary>
    public List<(string From, string To, int SourcePort, bool Failed, ProbeError Error)> Records { get; } = [];

    public Task TakeAsync(IReadOnlyList<SimulatedUpload> uploads, CancellationToken cancel)
    {
        foreach (var batch in uploads.Select(upload => MeasurementBatch.Parser.ParseFrom(upload.Body)))
        {
            foreach (var row in batch.Windows.SelectMany(window => window.Series).SelectMany(series => ColumnsCodec.Decode(series.Columns)))
            {
                var key = (batch.Host, names[AddressKey.ToAddress(row.Key)]);
                if (!pairs.TryGetValue(key, out var pair)) pairs[key] = pair = new Measurement();
                pair.Merge(row.Value);
            }

            foreach (var record in batch.Records)
                Records.Add((batch.Host, names[new IPAddress(record.Peer.Span)], (int)record.SourcePort, record.Error != 0, (ProbeError)record.Error));
        }

        return Task.CompletedTask;
    }

    public Task FinishAsync(CancellationToken cancel) => Task.CompletedTask;

    public long All(Func<(string From, string To), bool> which) => Of(which).Probes;

    public long Failed(Func<(string From, string To), bool> which) => Of(which).Failures;

    /// <summary>Probes that failed or needed a retransmission.</summary>
    public long Lost(Func<(string From, string To), bool> which) => Of(which) is var sum ? sum.Failures + sum.Drops : 0;

    /// <summary>Median RTT, microseconds.</summary>
    public double MedianRtt(Func<(string From, string To), bool> which) => Of(which).Quantile(0.5)!.Value / 1_000;

    private Measurement Of(Func<(string From, string To), bool> which)
    {
        var sum = new Measurement();
        foreach (var (pair, its) in pairs)
        {
            if (which(pair)) sum.Merge(its);
        }

        return sum;
    }
}
