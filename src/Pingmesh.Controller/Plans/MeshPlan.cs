using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.Plans;

/// <summary>
/// What a mesh will cost, before it is applied. Pods that are alike to every graph (same size, same data center, same part in
/// it) get lists of the same length, give or take one; so one of each sort is computed in full and stands for all of it.
/// </summary>
/// <param name="Hosts">Hosts of the topology.</param>
/// <param name="Pods">Pods of the topology.</param>
/// <param name="Lines">Pairs and rates by kind, class and QoS.</param>
/// <param name="CompletePairs">Directed pairs of the complete graphs.</param>
/// <param name="Pairs">Directed pairs that are probed at a time.</param>
/// <param name="CoveredWithin">Time within which every pair of the complete graphs has its turn; zero when all are probed all the time.</param>
/// <param name="Host">Load of a host.</param>
/// <param name="Uplink">Load of the uplinks of a pod, both directions together.</param>
/// <param name="ProbesPerSecond">Of the whole fleet.</param>
/// <param name="BitsPerSecond">Of the whole fleet, on the wire of the prober, both directions together.</param>
public sealed record MeshPlan(
    int Hosts,
    int Pods,
    IReadOnlyList<PlanLine> Lines,
    double CompletePairs,
    double Pairs,
    TimeSpan CoveredWithin,
    PlanLoad Host,
    PlanLoad Uplink,
    double ProbesPerSecond,
    double BitsPerSecond)
{
    /// <summary>The share of the complete graphs' pairs that is probed at a time, 0 to 1.</summary>
    public double Coverage => CompletePairs == 0 ? 1 : Pairs / CompletePairs;

    /// <summary>Plans a mesh.</summary>
    public static MeshPlan Of(Mesh mesh)
    {
        var sums = new PlanSums();
        foreach (var alike in mesh.Topology.Pods.GroupBy(pod => SortOf(mesh, pod)))
        {
            var pod = alike.First();
            sums.Add(mesh, pod, [.. pod.Hosts.Select(host => mesh.PinglistFor(host, 0))], alike.Count());
        }

        return sums.ToPlan(mesh);
    }

    private static string SortOf(Mesh mesh, Pod pod)
    {
        var parts = mesh.Graphs.Select(graph =>
        {
            if (graph.Members.FindPod(pod.Path) is not { } member) return "-";
            return $"{member.Hosts.Count}:{member.Hosts.Sum(graph.CompletePeers)}";
        });
        var paused = mesh.Paused.Count == 0 ? "" : string.Concat(pod.Hosts.Select(host => mesh.IsPaused(host) ? 'p' : '.'));
        return $"{pod.Podset.Dc.Name} {pod.Hosts.Count} {string.Join(',', parts)} {paused}";
    }

    /// <summary>Adds up what the lists of some pods, each standing for others, ask for.</summary>
    private sealed class PlanSums
    {
        private readonly SortedDictionary<(ProbeKind Kind, ProbeClass Class, byte Dscp), (double Pairs, double Probes, double Bits)> lines = [];
        private readonly LoadSum hosts = new();
        private readonly LoadSum uplinks = new();
        private double omitted;
        private long coveredWithin;

        public void Add(Mesh mesh, Pod pod, IReadOnlyList<Pinglist> lists, int pods)
        {
            double uplinkProbes = 0, uplinkBits = 0;
            foreach (var list in lists)
            {
                double probes = 0, bits = 0;
                foreach (var group in list.Groups)
                {
                    var graph = mesh.Settings.Graphs.First(graph => Fits(graph, group));
                    var probeClass = ProbeNames.FindClass(group.Class)!.Value;
                    var rate = group.Peers.Count * 1000.0 / group.IntervalMs;
                    var cost = WireCost.Of(graph);
                    var rateBits = rate * (cost.Sent + cost.Received) * 8;
                    var key = (graph.Kind, probeClass, group.Dscp);
                    var line = lines.GetValueOrDefault(key);
                    lines[key] = (line.Pairs + ((double)group.Peers.Count * pods), line.Probes + (rate * pods), line.Bits + (rateBits * pods));
                    probes += rate;
                    bits += rateBits;

                    // Where hosts probe each other, as many probes come in over the uplinks as go out.
                    if (probeClass == ProbeClass.IntraPod) continue;
                    var ways = probeClass is ProbeClass.Vip or ProbeClass.External ? 1 : 2;
                    uplinkProbes += ways * rate;
                    uplinkBits += ways * rateBits;
                }

                hosts.Add(probes, bits, pods);
                omitted += (double)list.Omitted * pods;
                coveredWithin = Math.Max(coveredWithin, list.CoveredWithinS);
            }

            uplinks.Add(uplinkProbes, uplinkBits, pods);
        }

        public MeshPlan ToPlan(Mesh mesh)
        {
            var pairs = lines.Values.Sum(line => line.Pairs);
            return new MeshPlan(
                mesh.Topology.Hosts.Count,
                mesh.Topology.Pods.Count,
                [.. lines.Select(line => new PlanLine(line.Key.Kind, line.Key.Class, line.Key.Dscp, line.Value.Pairs, line.Value.Probes, line.Value.Bits))],
                pairs + omitted,
                pairs,
                TimeSpan.FromSeconds(coveredWithin),
                hosts.ToLoad(),
                uplinks.ToLoad(),
                lines.Values.Sum(line => line.Probes),
                lines.Values.Sum(line => line.Bits));
        }

        private static bool Fits(MeshGraph graph, PinglistGroup group) =>
            graph.Kind.Name() == group.Kind && graph.Dscp == group.Dscp && graph.PayloadBytes == group.PayloadBytes
            && graph.Interval.TotalMilliseconds == group.IntervalMs;
    }

    private sealed class LoadSum
    {
        private double mostProbes;
        private double mostBits;
        private double probes;
        private double bits;
        private long count;

        public void Add(double ofProbes, double ofBits, int times)
        {
            mostProbes = Math.Max(mostProbes, ofProbes);
            mostBits = Math.Max(mostBits, ofBits);
            probes += ofProbes * times;
            bits += ofBits * times;
            count += times;
        }

        public PlanLoad ToLoad() => count == 0 ? default : new PlanLoad(probes / count, mostProbes, bits / count, mostBits);
    }
}

/// <summary>Pairs and rates of one kind, class and QoS over the whole fleet.</summary>
/// <param name="Kind">Kind of probe.</param>
/// <param name="Class">Class of probe.</param>
/// <param name="Dscp">QoS as DSCP.</param>
/// <param name="Pairs">Directed pairs.</param>
/// <param name="ProbesPerSecond">Probes a second.</param>
/// <param name="BitsPerSecond">Bits a second on the prober's wire, both directions together.</param>
public readonly record struct PlanLine(ProbeKind Kind, ProbeClass Class, byte Dscp, double Pairs, double ProbesPerSecond, double BitsPerSecond);

/// <summary>Load of a host or of a pod's uplinks.</summary>
/// <param name="MeanProbes">Probes a second, on average.</param>
/// <param name="MostProbes">Probes a second of the busiest.</param>
/// <param name="MeanBits">Bits a second, on average.</param>
/// <param name="MostBits">Bits a second of the busiest.</param>
public readonly record struct PlanLoad(double MeanProbes, double MostProbes, double MeanBits, double MostBits);
