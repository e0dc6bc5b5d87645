using Pingmesh.Core.OnDemand;

namespace Pingmesh.Agent.OnDemand;

/// <summary>The packets that tests may take: at most <see cref="OnDemandLimits.PacketsPerMinute"/> in any minute. Used by one thread at a time.</summary>
internal sealed class TestBudget(TimeProvider time)
{
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private readonly Queue<(long At, int Packets)> taken = new();

    /// <summary>Packets that may still be sent now.</summary>
    public int Left
    {
        get
        {
            while (taken.Count > 0 && time.GetElapsedTime(taken.Peek().At) >= Span) taken.Dequeue();
            return OnDemandLimits.PacketsPerMinute - taken.Sum(one => one.Packets);
        }
    }

    /// <summary>Counts packets that were sent, as of now.</summary>
    public void Take(int packets) => taken.Enqueue((time.GetTimestamp(), packets));
}
