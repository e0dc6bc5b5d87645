using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Pingmesh.Controller.Sources;
using Pingmesh.Controller.Sources.Kubernetes;

namespace Pingmesh.Server;

/// <summary>Opens the sources that <see cref="TopologySettings"/> name.</summary>
internal static class TopologyOpening
{
    private const int MaxDocumentBytes = 64 << 20;

    private static readonly TimeSpan HttpTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Opens all sources; what was opened before a failure is closed again.</summary>
    /// <exception cref="Core.Yaml.ConfigurationException">A file is missing or wrong.</exception>
    /// <exception cref="IOException">What was kept of registered agents cannot be read.</exception>
    public static (TopologySources Topology, RegisteredAgents? Registered) Open(ServerSettings settings, ILoggerFactory loggers, TimeProvider time)
    {
        var wanted = settings.Topology;
        var sources = new List<ITopologySource>();
        RegisteredAgents? registered = null;
        try
        {
            var logger = loggers.CreateLogger<TopologySources>();
            var documents = new ServiceDiscovery(wanted.Labels, Resolve);
            foreach (var path in wanted.Files) sources.Add(new FileSource(path, TopologyFiles.Read, time, logger));
            foreach (var path in wanted.DiscoveryFiles) sources.Add(new FileSource(path, (text, file) => FleetEntries.Of(documents.Read(text, file)), time, logger));
            foreach (var url in wanted.DiscoveryUrls)
                sources.Add(new PolledSource(url.ToString(), new HttpDiscovery(new HttpClient { Timeout = HttpTimeout, MaxResponseContentBufferSize = MaxDocumentBytes }, url, documents).AskAsync, wanted.PollInterval, time, logger));
            foreach (var service in wanted.DnsServices)
                sources.Add(new PolledSource(service, new DnsService(service, wanted.FindService, ResolveAsync).AskAsync, wanted.PollInterval, time, logger));
            if (wanted.Kubernetes is { } cluster)
            {
                var api = cluster.Server is { } server ? new KubernetesApi(server, cluster.TokenFile, cluster.Authority) : KubernetesApi.InCluster();
                sources.Add(new KubernetesSource(api, cluster.Selector, cluster.Labels, time, loggers.CreateLogger<KubernetesSource>()));
            }

            if (wanted.Register)
            {
                registered = new RegisteredAgents(
                    Path.Combine(settings.DataFolder, "agents.json"), wanted.Labels, wanted.LeaveAfter, time, loggers.CreateLogger<RegisteredAgents>());
                sources.Add(registered);
            }

            return (new TopologySources(sources, logger), registered);
        }
        catch
        {
            foreach (var source in sources) source.Dispose();
            throw;
        }
    }

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string name, CancellationToken cancel)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(name, cancel).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return [];
        }
    }

    private static IPAddress[] Resolve(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return [];
        }
    }
}
