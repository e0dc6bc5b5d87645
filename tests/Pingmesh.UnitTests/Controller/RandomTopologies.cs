using System.Globalization;
using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Topologies;

namespace Pingmesh.UnitTests.Controller;

/// <summary>Hosts per pod, for each podset of each dc.</summary>
internal sealed record TopologyShape(int[][][] Dcs, MeshSettings Settings)
{
    public override string ToString() =>
        $"cap {Settings.MaxPeers}, inter-dc {Settings.Graphs[0].InterDcHosts}, "
        + string.Join(" | ", Dcs.Select(dc => string.Join(" ; ", dc.Select(podset => string.Join(' ', podset)))));

    public Topology Build()
    {
        var builder = new TopologyBuilder();
        ForEachHost((dc, podset, pod, host, address) => builder.AddHost(
            $"dc{dc}", $"ps{podset}", $"pod{pod}", $"h-{dc}-{podset}-{pod}-{host}", [IPAddress.Parse(address)]));
        return builder.Build();
    }

    public string ToYaml()
    {
        var yaml = new StringBuilder("dcs:\n");
        var (lastDc, lastPodset, lastPod) = (0, 0, 0);
        ForEachHost((dc, podset, pod, host, address) =>
        {
            var line = (FormattableString text) => yaml.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
            if (dc != lastDc) line($"  - name: dc{dc}\n    podsets:");
            if (dc != lastDc || podset != lastPodset) line($"      - name: ps{podset}\n        pods:");
            if (dc != lastDc || podset != lastPodset || pod != lastPod) line($"          - name: pod{pod}\n            hosts:");
            line($"              - {{name: h-{dc}-{podset}-{pod}-{host}, address: {address}}}");
            (lastDc, lastPodset, lastPod) = (dc, podset, pod);
        });
        return yaml.ToString();
    }

    private void ForEachHost(Action<int, int, int, int, string> add)
    {
        var n = 0;
        for (var dc = 1; dc <= Dcs.Length; dc++)
        {
            for (var podset = 1; podset <= Dcs[dc - 1].Length; podset++)
            {
                for (var pod = 1; pod <= Dcs[dc - 1][podset - 1].Length; pod++)
                {
                    for (var host = 1; host <= Dcs[dc - 1][podset - 1][pod - 1]; host++, n++)
                        add(dc, podset, pod, host, $"10.{n >> 16}.{(n >> 8) & 255}.{n & 255}");
                }
            }
        }
    }
}

/// <summary>Topologies of every awkward shape, with caps from far too small to none.</summary>
internal static class RandomTopologies
{
    public static Gen<TopologyShape> Any { get; } = Shapes(cap: random => random.Next(3) switch
    {
        0 => random.Next(1, 6),
        1 => random.Next(1, 60),
        _ => 5_000,
    });

    public static Gen<TopologyShape> WithoutCap { get; } = Shapes(cap: _ => 5_000);

    private static Gen<TopologyShape> Shapes(Func<Random, int> cap) => Core.Property.Randoms.Select(random =>
    {
        var most = random.Next(1, 13);
        // Equal pods are the usual case, pods of one host and of many the hard one.
        Func<int> size = random.Next(3) == 0 ? () => most : () => random.Next(1, most + 1);
        return new TopologyShape(
            Many(random, 1, 4, () => Many(random, 1, 4, () => Many(random, 1, 6, size))),
            new MeshSettings { MaxPeers = cap(random), Graphs = [new MeshGraph { InterDcHosts = random.Next(1, 5) }] });
    });

    private static T[] Many<T>(Random random, int min, int max, Func<T> make) =>
        [.. Enumerable.Range(0, random.Next(min, max)).Select(_ => make())];
}
