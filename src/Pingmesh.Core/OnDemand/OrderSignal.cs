namespace Pingmesh.Core.OnDemand;

/// <summary>How a server tells an agent, on any answer to it, that orders wait to be fetched.</summary>
public static class OrderSignal
{
    /// <summary>The answer's header; its presence says it.</summary>
    public const string Header = "Pingmesh-Orders";
}
