using System.Net;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Sources;

/// <summary>
/// Reads the documents of Prometheus's <c>file_sd</c> and <c>http_sd</c>: a list of <c>targets</c> with <c>labels</c>, in JSON or
/// YAML. A target is HOST or HOST:PORT; the port does not matter here.
/// </summary>
/// <param name="labels">Which labels say where a host is.</param>
/// <param name="resolve">Addresses of a target that is a name; empty when it cannot be resolved.</param>
public sealed class ServiceDiscovery(LabelMapping labels, Func<string, IReadOnlyList<IPAddress>> resolve)
{
    /// <summary>Reads the hosts. Never throws for what is in the text. A target whose name cannot be resolved is left out.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">The name that messages call it by.</param>
    public (IReadOnlyList<HostEntry>? Value, IReadOnlyList<ConfigurationError> Errors) Read(string text, string file)
    {
        var yaml = StrictYaml.ParseList(text, file, out var list);
        var hosts = new List<HostEntry>();
        foreach (var item in list?.List() ?? [])
        {
            if (item.Mapping() is not { } group) continue;
            var of = group.Find("labels")?.TextMap() ?? new Dictionary<string, string>();
            foreach (var target in group.Require("targets")?.List() ?? [])
            {
                if (target.Text() is not { } written) continue;
                var (name, addresses) = Resolve(written);
                if (addresses.Count > 0) hosts.Add(labels.Map(of, name, addresses));
            }
        }

        var errors = yaml.Finish();
        return errors.Count == 0 ? (hosts, errors) : (null, errors);
    }

    private (string Name, IReadOnlyList<IPAddress> Addresses) Resolve(string target)
    {
        if (AddressText.TryParse(target, out var whole)) return (target, [whole]);
        var colon = target.LastIndexOf(':');
        var host = (colon < 0 ? target : target[..colon]).Trim('[', ']');
        return AddressText.TryParse(host, out var address) ? (host, [address]) : (host, resolve(host));
    }
}
