namespace Pingmesh.Core;

/// <summary>The ports of the system, all above the usual ephemeral range's middle so that they clash with little.</summary>
public static class Ports
{
    /// <summary>Server: API, web UI, agents.</summary>
    public const int Server = 9000;

    /// <summary>Agent: the responder that answers probes.</summary>
    public const int Responder = 58100;

    /// <summary>Agent: the responder for probes of the second QoS class.</summary>
    public const int QosResponder = 58102;

    /// <summary>Agent: metrics and health.</summary>
    public const int AgentMetrics = 58101;
}
