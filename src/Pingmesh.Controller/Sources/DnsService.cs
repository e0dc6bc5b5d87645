using System.Net;

namespace Pingmesh.Controller.Sources;

/// <summary>
/// The hosts that DNS SRV records name. DNS says nothing of where a host is: all are in one data center, which is named after the
/// service's domain.
/// </summary>
/// <param name="service">Name of the service, such as <c>_pingmesh._tcp.dc1.example.com</c>.</param>
/// <param name="find">Finds the names of the hosts, or says why it cannot.</param>
/// <param name="resolve">Addresses of a name; empty when it has none.</param>
public sealed class DnsService(
    string service,
    Func<string, CancellationToken, Task<(IReadOnlyList<string> Hosts, string? Problem)>> find,
    Func<string, CancellationToken, Task<IReadOnlyList<IPAddress>>> resolve)
{
    /// <summary>Asks once. A host without an address is left out.</summary>
    /// <exception cref="SourceException">The service cannot be found; says why.</exception>
    public async Task<IReadOnlyList<HostEntry>> AskAsync(CancellationToken cancel)
    {
        var (names, problem) = await find(service, cancel).ConfigureAwait(false);
        if (problem is not null) throw new SourceException(problem);
        var labels = new Dictionary<string, string> { ["dc"] = Domain };
        var hosts = new List<HostEntry>();
        foreach (var name in names)
        {
            var addresses = await resolve(name, cancel).ConfigureAwait(false);
            if (addresses.Count > 0) hosts.Add(new LabelMapping().Map(labels, name, addresses));
        }

        return hosts;
    }

    private string Domain => string.Join('.', service.TrimEnd('.').Split('.').SkipWhile(label => label.StartsWith('_')));
}
