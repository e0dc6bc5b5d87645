using Pingmesh.Core.Probes;

namespace Pingmesh.Probing;

/// <summary>Probes that failed as they were started, until the next poll reports them. Used by one thread.</summary>
internal sealed class FailedStarts
{
    private ProbeOutcome[] outcomes = new ProbeOutcome[16];
    private int count;

    public void Add(int target, long startedUnixMicroseconds, ushort sourcePort, ProbeError error)
    {
        if (count == outcomes.Length) Array.Resize(ref outcomes, count * 2);
        outcomes[count++] = new ProbeOutcome
        {
            Target = target, StartedUnixMicroseconds = startedUnixMicroseconds, SourcePort = sourcePort, Error = error, Retransmissions = 0,
        };
    }

    public void Report(IOutcomeSink sink)
    {
        for (var i = 0; i < count; i++) sink.Completed(outcomes[i], default);
        count = 0;
    }
}
