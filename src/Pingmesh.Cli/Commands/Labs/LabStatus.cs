using Pingmesh.Lab.Labs;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary>A lab as it is: the object of <c>lab status --json</c>.</summary>
internal sealed record LabStatus(
    string Name, bool IsUp, string? Shape, int Namespaces, string Topology, string? Url, IReadOnlyList<LabNodeStatus> Nodes, IReadOnlyList<LabProcessStatus> Processes, IReadOnlyList<LabFaultStatus> Faults)
{
    public static LabStatus Of(NetworkLab lab)
    {
        if (!lab.IsUp) return new LabStatus(lab.Name, false, null, lab.ExistingSpaces, lab.TopologyFile, null, [], [], []);
        var state = lab.State!;
        var fabric = new Fabric(state.Shape);
        var cutOff = lab.CutOff().ToHashSet();
        return new LabStatus(
            lab.Name, true, state.Shape.ToString(), lab.ExistingSpaces, lab.TopologyFile, state.Port is { } port ? $"http://127.0.0.1:{port}" : null,
            [.. fabric.Switches.Concat(fabric.Hosts).Select(node => new LabNodeStatus(
                node.Name, node.Tier?.ToString().ToLowerInvariant() ?? "host", node.Scope, [.. node.Addresses.Select(address => address.ToString())], cutOff.Contains(node.Name)))],
            [.. state.Processes.Select(process => new LabProcessStatus(process.Role, process.Id, process.IsRunning ? "running" : "ended", process.Log))],
            LabFaultStatus.Of(lab));
    }
}

/// <summary>A switch or host of a lab.</summary>
internal sealed record LabNodeStatus(string Name, string Tier, string Scope, IReadOnlyList<string> Addresses, bool IsCutOff);

/// <summary>A process of a lab.</summary>
internal sealed record LabProcessStatus(string Role, int Pid, string State, string Log);
