namespace Pingmesh.Agent.Aggregation;

/// <summary>
/// Outcomes between two uploads. One thread adds, another takes all; two arrays change places, so that adding
/// allocates nothing once they have grown to the size an upload needs.
/// </summary>
public sealed class OutcomeBuffer
{
    private readonly Lock gate = new();
    private readonly int limit;
    private RecordedOutcome[] filling = new RecordedOutcome[256];
    private RecordedOutcome[] taken = new RecordedOutcome[256];
    private int count;

    /// <summary>An empty buffer.</summary>
    /// <param name="limit">Most outcomes it holds; further ones are counted as lost.</param>
    public OutcomeBuffer(int limit) => this.limit = limit;

    /// <summary>Outcomes that found the buffer full.</summary>
    public long Lost { get; private set; }

    /// <summary>Adds one outcome.</summary>
    public void Add(in RecordedOutcome outcome)
    {
        lock (gate)
        {
            if (count == limit)
            {
                Lost++;
                return;
            }

            if (count == filling.Length) Array.Resize(ref filling, Math.Min(limit, count * 2));
            filling[count++] = outcome;
        }
    }

    /// <summary>All outcomes since the last call; valid until the next one. For one taker at a time.</summary>
    public Span<RecordedOutcome> Take()
    {
        lock (gate)
        {
            (filling, taken) = (taken, filling);
            var outcomes = taken.AsSpan(0, count);
            count = 0;
            return outcomes;
        }
    }
}
