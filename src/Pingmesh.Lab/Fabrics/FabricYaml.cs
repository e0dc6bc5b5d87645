using System.Text;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Lab.Fabrics;

/// <summary>Writes a fabric as a topology file.</summary>
public static class FabricYaml
{
    /// <summary>The topology file: hosts one by one, switches, and links with their addresses.</summary>
    public static string Write(Fabric fabric, string madeBy)
    {
        var text = new StringBuilder();
        text.Append($"# Made by '{madeBy}'.\ndcs:\n");
        foreach (var dc in fabric.Hosts.GroupBy(host => host.Scope.Split('/')[0]))
        {
            text.Append($"  - name: {dc.Key}\n    podsets:\n");
            foreach (var podset in dc.GroupBy(host => host.Scope.Split('/')[1]))
            {
                text.Append($"      - name: {podset.Key}\n        pods:\n");
                foreach (var pod in podset.GroupBy(host => host.Scope.Split('/')[2]))
                {
                    text.Append($"          - name: {pod.Key}\n            hosts:\n");
                    foreach (var host in pod) text.Append($"              - {{name: {host.Name}, addresses: [{string.Join(", ", host.Addresses.Select(Quoted))}]}}\n");
                }
            }
        }

        text.Append("switches:\n");
        foreach (var one in fabric.Switches)
        {
            var tier = one.Tier!.Value;
            text.Append($"  - {{name: {one.Name}, tier: {tier.ToString().ToLowerInvariant()}");
            if (tier != SwitchTier.Border) text.Append($", scope: {one.Scope}");
            if (one.Addresses.Count > 0) text.Append($", addresses: [{string.Join(", ", one.Addresses.Select(Quoted))}]");
            text.Append("}\n");
        }

        text.Append("links:\n");
        foreach (var link in fabric.Links.Where(link => link.Number >= 0))
        {
            text.Append($"  - {{ends: [{link.Lower}, {link.Upper}], addresses: [");
            text.Append($"[{string.Join(", ", link.AddressesOf(link.Lower).Select(Quoted))}], [{string.Join(", ", link.AddressesOf(link.Upper).Select(Quoted))}]]}}\n");
        }

        return text.ToString();
    }

    private static string Quoted(System.Net.IPAddress address) => $"\"{address}\"";
}
