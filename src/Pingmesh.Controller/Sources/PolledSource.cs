using Microsoft.Extensions.Logging;

namespace Pingmesh.Controller.Sources;

/// <summary>
/// A source that is asked again and again, such as a service over HTTP. While it cannot be had, or answers with nonsense, the
/// hosts stay as they were, which is logged once.
/// </summary>
public sealed partial class PolledSource : ITopologySource
{
    private readonly Func<CancellationToken, Task<IReadOnlyList<HostEntry>>> ask;
    private readonly TimeSpan interval;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task asking;
    private string? problem;
    private string version = "";
    private volatile IReadOnlyList<HostEntry> hosts = [];

    /// <summary>Begins to ask.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="ask">Asks once. May throw <see cref="SourceException"/>.</param>
    /// <param name="interval">Time between two questions.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public PolledSource(string name, Func<CancellationToken, Task<IReadOnlyList<HostEntry>>> ask, TimeSpan interval, TimeProvider time, ILogger logger)
    {
        Name = name;
        this.ask = ask;
        this.interval = interval;
        this.time = time;
        this.logger = logger;
        asking = Task.Run(AskAgainAndAgainAsync);
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<HostEntry> Hosts => hosts;

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Cancel();
        asking.ContinueWith(static (_, source) => ((CancellationTokenSource)source!).Dispose(), stop, TaskScheduler.Default);
    }

    private async Task AskAgainAndAgainAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Take(await ask(stop.Token).ConfigureAwait(false));
            }
            catch (SourceException error)
            {
                if (error.Message != problem) LogFailed(Name, error.Message);
                problem = error.Message;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(interval, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Take(IReadOnlyList<HostEntry> answer)
    {
        if (problem is not null) LogRecovered(Name);
        problem = null;
        var now = VersionOf(answer);
        if (now == version) return;
        version = now;
        hosts = answer;
        Changed?.Invoke();
    }

    // The same hosts in the same words are no change, whatever order the service lists labels in.
    private static string VersionOf(IReadOnlyList<HostEntry> answer) => string.Join('\n', answer.Select(host =>
        $"{host.Dc}/{host.Podset}/{host.Pod}/{host.Name} {string.Join(' ', host.Addresses)} "
        + string.Join(',', host.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))));

    [LoggerMessage(Level = LogLevel.Error, Message = "{Source} cannot be used, the hosts stay as they were: {Problem}")]
    private partial void LogFailed(string source, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Source} can be used again")]
    private partial void LogRecovered(string source);
}

/// <summary>A source cannot be used; the message says why.</summary>
public sealed class SourceException(string message, Exception? inner = null) : Exception(message, inner);
