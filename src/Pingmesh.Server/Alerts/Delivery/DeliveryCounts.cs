namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>What a receiver was sent. Safe for any number of threads.</summary>
internal sealed class DeliveryCounts
{
    private long delivered;
    private long refused;
    private long failed;
    private long signals;
    private long failedSignals;

    /// <summary>Messages that it has.</summary>
    public long Delivered => Interlocked.Read(ref delivered);

    /// <summary>Messages that it will never take.</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Attempts that failed, and were or will be tried again.</summary>
    public long Failed => Interlocked.Read(ref failed);

    /// <summary>Signals of life that it has.</summary>
    public long Signals => Interlocked.Read(ref signals);

    /// <summary>Signals of life that did not reach it.</summary>
    public long FailedSignals => Interlocked.Read(ref failedSignals);

    public void Count(DeliveryOutcome outcome)
    {
        switch (outcome)
        {
            case DeliveryOutcome.Delivered:
                Interlocked.Increment(ref delivered);
                break;
            case DeliveryOutcome.Refused:
                Interlocked.Increment(ref refused);
                break;
            default:
                Interlocked.Increment(ref failed);
                break;
        }
    }

    public void CountSignal(DeliveryOutcome outcome)
    {
        if (outcome == DeliveryOutcome.Delivered) Interlocked.Increment(ref signals);
        else Interlocked.Increment(ref failedSignals);
    }
}
