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
        dcs = LabCommand.Count("--dcs", "Data centers", shape.Dcs);
        podsets = LabCommand.Count("--podsets", "Podsets in each data center", shape.Podsets);
        pods = LabCommand.Count("--pods", "Pods in each podset, each with a ToR", shape.Pods);
        leaves = LabCommand.Count("--leaves", "Leaf switches in each podset", shape.Leaves);
        spines = LabCommand.Count("--spines", "Spine switches in each data center", shape.Spines);
        hosts = LabCommand.Count("--hosts", "Hosts in each pod", shape.Hosts);
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
