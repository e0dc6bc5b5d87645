using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Pingmesh.Controller.Sources.Kubernetes;

/// <summary>
/// The nodes of a Kubernetes cluster that run an agent's pod. A host has the node's name and labels, which say where it is, and the
/// pod's addresses. Without a selector for pods every node is a host, at its internal addresses.
/// </summary>
public sealed class KubernetesSource : ITopologySource
{
    /// <summary>Labels that the cluster's own controllers set: region, zone, and by custom the rack.</summary>
    public static readonly LabelMapping DefaultLabels = new("", "topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.kubernetes.io/rack");

    // A rolling restart changes hundreds of pods: they are taken in together.
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    private readonly KubernetesApi api;
    private readonly LabelMapping labels;
    private readonly KubernetesWatch<Node> nodes;
    private readonly KubernetesWatch<AgentPod>? pods;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private readonly ITimer timer;
    private int changes;
    private volatile IReadOnlyList<HostEntry> hosts = [];

    /// <summary>Begins to list and watch.</summary>
    /// <param name="api">The API server. Disposed with this.</param>
    /// <param name="selector">Label selector of the agents' pods; empty to take every node.</param>
    /// <param name="labels">Which labels of a node say where it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public KubernetesSource(KubernetesApi api, string selector, LabelMapping labels, TimeProvider time, ILogger logger)
    {
        this.api = api;
        this.labels = labels;
        nodes = new KubernetesWatch<Node>(api, "/api/v1/nodes", "", Node.Read, Mark, time, logger);
        pods = selector.Length == 0 ? null : new KubernetesWatch<AgentPod>(api, "/api/v1/pods", selector, AgentPod.Read, Mark, time, logger);
        watching = Task.WhenAll(nodes.RunAsync(stop.Token), pods?.RunAsync(stop.Token) ?? Task.CompletedTask);
        timer = time.CreateTimer(_ => Settle(), null, Gather, Gather);
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public string Name => "kubernetes";

    /// <inheritdoc/>
    public IReadOnlyList<HostEntry> Hosts => hosts;

    /// <inheritdoc/>
    public void Dispose()
    {
        timer.Dispose();
        stop.Cancel();
        watching.ContinueWith(_ => api.Dispose(), TaskScheduler.Default);
    }

    private void Mark() => Interlocked.Increment(ref changes);

    private void Settle()
    {
        // Half of the truth would remove hosts: both collections must have been listed.
        if (Interlocked.Exchange(ref changes, 0) == 0) return;
        if (!nodes.IsListed || pods is { IsListed: false })
        {
            Mark();
            return;
        }

        var byNode = pods?.Objects.ToLookup(pod => pod.Node, StringComparer.Ordinal);
        hosts =
        [
            .. nodes.Objects.OrderBy(node => node.Name, StringComparer.Ordinal)
                .Select(node => (Node: node, Addresses: byNode is null ? node.Addresses : AddressesOf(byNode[node.Name])))
                .Where(host => host.Addresses.Count > 0)
                .Select(host => labels.Map(host.Node.Labels, host.Node.Name, host.Addresses)),
        ];
        Changed?.Invoke();
    }

    // While a pod is replaced there are two of them for a moment: the running one counts.
    private static IReadOnlyList<IPAddress> AddressesOf(IEnumerable<AgentPod> pods) =>
        pods.OrderByDescending(pod => pod.IsRunning).ThenBy(pod => pod.Addresses.Count == 0 ? "" : pod.Addresses[0].ToString(), StringComparer.Ordinal)
            .FirstOrDefault()?.Addresses ?? [];

    private static List<IPAddress> Parse(IEnumerable<string?> texts)
    {
        var addresses = new List<IPAddress>();
        foreach (var text in texts)
        {
            if (text is not null && AddressText.TryParse(text, out var address) && !addresses.Contains(address)) addresses.Add(address);
        }

        return addresses;
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement of, string list) =>
        Part(of, list) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : default;

    private static string? Text(JsonElement of, string name) =>
        Part(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement Part(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var part) ? part : default;

    private sealed record Node(string Name, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<IPAddress> Addresses)
    {
        public static Node? Read(JsonElement item)
        {
            var metadata = Part(item, "metadata");
            if (Text(metadata, "name") is not { } name) return null;
            var labels = Part(metadata, "labels") is { ValueKind: JsonValueKind.Object } given
                ? given.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.ValueKind == JsonValueKind.String ? label.Value.GetString()! : "", StringComparer.Ordinal)
                : [];
            var addresses = Items(Part(item, "status"), "addresses").Where(address => Text(address, "type") == "InternalIP").Select(address => Text(address, "address"));
            return new Node(name, labels, Parse(addresses));
        }
    }

    private sealed record AgentPod(string Node, bool IsRunning, IReadOnlyList<IPAddress> Addresses)
    {
        public static AgentPod? Read(JsonElement item)
        {
            var (spec, status) = (Part(item, "spec"), Part(item, "status"));
            if (Text(spec, "nodeName") is not { } node || Text(status, "phase") is "Succeeded" or "Failed") return null;
            return new AgentPod(node, Text(status, "phase") == "Running", Parse([Text(status, "podIP"), .. Items(status, "podIPs").Select(address => Text(address, "ip"))]));
        }
    }
}
