using Pingmesh.Lab.Labs;
using Pingmesh.Lab.Faults;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary>A fault as it is: an entry of <c>lab fault list --json</c>.</summary>
internal sealed record LabFaultStatus(string Id, string Kind, string At, DateTimeOffset Since, long? DroppedPackets, string Description)
{
    public static IReadOnlyList<LabFaultStatus> Of(NetworkLab lab) => [.. lab.ListFaults().Select(one => Of(one.Fault, one.Dropped))];

    public static LabFaultStatus Of(Fault fault, long? dropped) => new(fault.Id, FaultCatalog.Of(fault.Kind).Name, fault.At, fault.Since, dropped, fault.Description);
}
