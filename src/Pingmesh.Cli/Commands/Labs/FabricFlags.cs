using System.CommandLine;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary>The flags that say how large a fabric is.</summary>
internal sealed class FabricFlags
{
    private readonly Option<int> dcs;
    private readonly Option<int> podsets;
    private readonly Option<int> pods;
    private readonly Option<int> leaves;
    private readonly Option<int> spines;
    private readonly Option<int> hosts;

    /// <summary>The flags, with the defaults of <paramref name="shape"/>.</summary>
    public FabricFlags(FabricShape shape)
    {
        dcs = CountOption.Create("--dcs", "Data centers", shape.Dcs, FabricShape.MaxHosts);
        podsets = CountOption.Create("--podsets", "Podsets in each data center", shape.Podsets, FabricShape.MaxHosts);
        pods = CountOption.Create("--pods", "Pods in each podset, each with a ToR", shape.Pods, FabricShape.MaxHosts);
        leaves = CountOption.Create("--leaves", "Leaf switches in each podset", shape.Leaves, FabricShape.MaxHosts);
        spines = CountOption.Create("--spines", "Spine switches in each data center", shape.Spines, FabricShape.MaxHosts);
        hosts = CountOption.Create("--hosts", "Hosts in each pod", shape.Hosts, FabricShape.MaxHosts);
    }

    public void AddTo(Command command)
    {
        foreach (var option in new[] { dcs, podsets, pods, leaves, spines, hosts }) command.Add(option);
    }

    public FabricShape Read(ParseResult flags) => new()
    {
        Dcs = flags.GetValue(dcs), Podsets = flags.GetValue(podsets), Pods = flags.GetValue(pods),
        Leaves = flags.GetValue(leaves), Spines = flags.GetValue(spines), Hosts = flags.GetValue(hosts),
    };
}
