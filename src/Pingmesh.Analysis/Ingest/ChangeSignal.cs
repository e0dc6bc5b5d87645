namespace Pingmesh.Analysis.Ingest;

/// <summary>Tells that live data changed: a version that grows, and a way to wait for the next one. Safe for any number of threads.</summary>
public sealed class ChangeSignal
{
    private TaskCompletionSource next = NewSource();
    private long version;

    internal ChangeSignal()
    {
    }

    /// <summary>The version of live data; it changes when data came in, and when time moved the live windows on.</summary>
    public long Version => Volatile.Read(ref version);

    /// <summary>Waits until the version is another one than <paramref name="seen"/>, and returns it.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<long> WaitForChangeAsync(long seen, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            // Taken before the version is read: a change in between completes this one.
            var change = Volatile.Read(ref next).Task;
            var now = Version;
            if (now != seen) return now;
            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    internal void Advance()
    {
        Interlocked.Increment(ref version);
        Interlocked.Exchange(ref next, NewSource()).TrySetResult();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
