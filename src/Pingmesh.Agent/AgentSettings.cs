using System.Net;
using Pingmesh.Probing;

namespace Pingmesh.Agent;

/// <summary>What an agent is told when it starts. What and how often it probes comes from its pinglist, not from here.</summary>
public sealed record AgentSettings
{
    /// <summary>Name of the host this agent speaks for, as in the topology.</summary>
    public required string Host { get; init; }

    /// <summary>Base address of the server, such as <c>http://10.0.0.1:9000</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>Token for the server; null where the server asks for none.</summary>
    public string? Token { get; init; }

    /// <summary>PEM file of the authorities to trust instead of the system's; null for the system's.</summary>
    public string? TlsAuthority { get; init; }

    /// <summary>PEM file of the agent's own certificate; null to show none.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>PEM file of its key; null where there is no certificate.</summary>
    public string? TlsKey { get; init; }

    /// <summary>Folder for batches that could not be uploaded.</summary>
    public required string SpoolFolder { get; init; }

    /// <summary>Most bytes the spool may hold; at least 64 KB.</summary>
    public long SpoolLimit { get; init; } = 64 << 20;

    /// <summary>
    /// Addresses to answer at and to probe from. Empty: the responder answers at every address of the machine, and
    /// probes leave from the addresses that the pinglist gives for this host.
    /// </summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Whether to answer only at the addresses that the pinglist gives for this host, as where many agents share a machine.</summary>
    public bool AnswerAtPinglistAddresses { get; init; }

    /// <summary>Network namespace to probe and to answer in; null for the process's own. Pinglists and uploads go through the process's own in any case.</summary>
    public NetworkSpace? Space { get; init; }

    /// <summary>What the host tells of itself, for a server without a topology file: its data center, pod and whatever else.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Port of the responder.</summary>
    public int ResponderPort { get; init; } = Core.Ports.Responder;

    /// <summary>Port of the responder for the second QoS class; 0 for none.</summary>
    public int QosResponderPort { get; init; } = Core.Ports.QosResponder;

    /// <summary>DSCP that the second responder's own packets bear, 0 to 63 (default: CS1, low priority, RFC 3662).</summary>
    public byte QosDscp { get; init; } = 8;

    /// <summary>Local log of raw results; null for none.</summary>
    public Observe.RawResultLogSettings? RawLog { get; init; }

    /// <summary>The limits in force; asked for again now and then, so that they can change while the agent runs.</summary>
    public Func<AgentLimits> Limits { get; init; } = () => AgentLimits.Default;

    /// <summary>Port for metrics and health; 0 for none.</summary>
    public int MetricsPort { get; init; } = Core.Ports.AgentMetrics;

    /// <summary>Time between two requests for the pinglist, 1 s to 1 h.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two uploads, 1 s to 1 min.</summary>
    public TimeSpan UploadInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Version of the program, sent along with measurements.</summary>
    public string Version { get; init; } = "";
}
