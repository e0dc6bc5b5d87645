using System.Net;
using System.Net.Sockets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.Agent;

/// <summary>
/// The probers of the high-rate kinds, each opened when it is first used. When the source addresses change, new ones are
/// opened and the old ones are kept until what they have under way has ended. Used by one thread.
/// </summary>
internal sealed class ReactorProbers(Func<ProbeKind, ProberOptions, IReactorProber> open)
{
    private readonly IReactorProber?[] byKind = new IReactorProber?[(int)ProbeKind.Udp + 1];
    private readonly List<IReactorProber> retiring = [];
    private ProberOptions options = new();
    private long abandoned;

    /// <summary>Probes under way.</summary>
    public int Pending { get; private set; }

    /// <summary>Probes given up without an outcome.</summary>
    public long Abandoned => abandoned + byKind.Sum(prober => prober?.Abandoned ?? 0) + retiring.Sum(prober => prober.Abandoned);

    /// <summary>Uses these source addresses and this many probes under way from now on.</summary>
    public void Use(IReadOnlyList<IPAddress> sources, int maxPending)
    {
        var wanted = new ProberOptions
        {
            SourceIPv4 = sources.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork),
            SourceIPv6 = sources.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetworkV6),
            MaxPending = maxPending,
        };
        if (wanted == options) return;
        options = wanted;
        for (var kind = 0; kind < byKind.Length; kind++)
        {
            if (byKind[kind] is { } prober) retiring.Add(prober);
            byKind[kind] = null;
        }
    }

    /// <summary>Starts a probe.</summary>
    public void Start(ProbeKind kind, int target, in ProbeTarget peer, in ProbeShape shape) =>
        (byKind[(int)kind] ??= open(kind, options)).Start(target, peer, shape);

    /// <summary>Sends what was held back.</summary>
    public void Flush()
    {
        foreach (var prober in byKind) prober?.Flush();
    }

    /// <summary>Reports what has ended.</summary>
    public void Poll(IOutcomeSink sink)
    {
        var pending = 0;
        foreach (var prober in byKind)
        {
            prober?.Poll(sink);
            pending += prober?.Pending ?? 0;
        }

        for (var i = retiring.Count - 1; i >= 0; i--)
        {
            retiring[i].Poll(sink);
            pending += retiring[i].Pending;
            if (retiring[i].Pending == 0) Close(retiring[i]);
        }

        Pending = pending;
    }

    /// <summary>Reports what has ended, gives up the rest and closes all probers.</summary>
    public void Drain(IOutcomeSink sink)
    {
        for (var kind = 0; kind < byKind.Length; kind++)
        {
            if (byKind[kind] is { } prober) retiring.Add(prober);
            byKind[kind] = null;
        }

        while (retiring.Count > 0)
        {
            retiring[^1].Drain(sink);
            Close(retiring[^1]);
        }

        Pending = 0;
    }

    private void Close(IReactorProber prober)
    {
        abandoned += prober.Abandoned;
        retiring.Remove(prober);
        prober.Dispose();
    }
}
