using System.Net;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Tcp;

namespace Pingmesh.Agent.SelfWatch;

/// <summary>
/// Probes this agent's own responder once a second without leaving the host: what is slow or lost there is the host's
/// doing. Used by the reactor's thread, but for <see cref="Aim"/>.
/// </summary>
internal sealed class LoopbackProbe(HostWatch watch) : IOutcomeSink, IDisposable
{
    private const long IntervalNanoseconds = 1_000_000_000;
    private const long TimeoutNanoseconds = 1_000_000_000;

    private readonly TcpProber prober = new(new ProberOptions { MaxPending = 4 }, TimeProvider.System);
    private Aimed? aimed;
    private long next;

    /// <summary>Probes this endpoint from now on; an any-address stands for its loopback address. From any thread.</summary>
    public void Aim(IPEndPoint endpoint)
    {
        var address = endpoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : endpoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : endpoint.Address;
        Volatile.Write(ref aimed, new Aimed(ProbeTarget.Create(address, endpoint.Port)));
    }

    /// <summary>One tick.</summary>
    /// <param name="now">Monotonic nanoseconds.</param>
    public void OnTick(long now)
    {
        prober.Poll(this);
        if (now < next || Volatile.Read(ref aimed) is not { } to) return;
        next = now + IntervalNanoseconds;
        prober.Start(0, to.Target, new ProbeShape { TimeoutNanoseconds = TimeoutNanoseconds });
    }

    /// <inheritdoc/>
    public void Completed(in ProbeOutcome outcome, in ProbeDetail detail) => watch.OnLoopback(outcome);

    /// <inheritdoc/>
    public void Dispose() => prober.Dispose();

    private sealed record Aimed(ProbeTarget Target);
}
