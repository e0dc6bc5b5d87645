using System.Text;
using Microsoft.Extensions.Logging;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Topologies;

/// <summary>
/// A topology file that is followed while it changes. It is polled by content, which also sees files that are replaced
/// behind a link, as container platforms do. A new content counts once two polls in a row have read the same, so that a
/// file in the middle of being written does not remove half a fleet; an invalid one leaves the topology as it was.
/// Thread-safe.
/// </summary>
public sealed partial class TopologyFile : IDisposable
{
    /// <summary>Time between two polls unless another is given.</summary>
    public static readonly TimeSpan DefaultPollInterval = TimeSpan.FromSeconds(2);

    private const long MaxBytes = 64 << 20;
    private const int NamesShown = 5;

    private readonly string path;
    private readonly ILogger logger;
    private readonly TimeSpan pollInterval;
    private readonly ITimer timer;
    private readonly Lock polling = new();

    // What the last poll read, and what was last judged (taken or refused).
    private string seen;
    private string judged;
    private string? unreadable;
    private bool disposed;
    private volatile Topology current;

    private TopologyFile(string path, string content, Topology topology, TimeProvider time, ILogger logger, TimeSpan pollInterval)
    {
        this.path = path;
        this.logger = logger;
        this.pollInterval = pollInterval;
        seen = judged = content;
        current = topology;
        timer = time.CreateTimer(_ => PollAgain(), null, pollInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised after each change, on the polling thread, with what changed.</summary>
    public event Action<TopologyDiff>? Changed;

    /// <summary>The topology of the last valid content.</summary>
    public Topology Current => current;

    /// <summary>Reads the file and begins to follow it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">Clock of the polls.</param>
    /// <param name="logger">Told of every change and of invalid contents, once each.</param>
    /// <param name="pollInterval">Time between two polls; <see cref="DefaultPollInterval"/> when null.</param>
    /// <exception cref="ConfigurationException">The file is missing, unreadable or invalid.</exception>
    public static TopologyFile Open(string path, TimeProvider time, ILogger logger, TimeSpan? pollInterval = null)
    {
        var content = Load(path);
        var reading = TopologyYaml.Read(content, path);
        if (reading.Topology is not { } topology) throw new ConfigurationException(reading.Errors);
        LogOpened(logger, path, topology.Dcs.Count, topology.Pods.Count, topology.Hosts.Count, topology.Version);
        return new TopologyFile(path, content, topology, time, logger, pollInterval ?? DefaultPollInterval);
    }

    /// <summary>Ends the polling. <see cref="Current"/> stays as it is.</summary>
    public void Dispose()
    {
        lock (polling) disposed = true;
        timer.Dispose();
    }

    private static string Load(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
                throw Unreadable(path, $"the file is larger than {MaxBytes >> 20} MB; describe the fleet with ranges");
            return File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unreadable(path, "there is no such file; correct the path or write the file");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, $"cannot be read: {error.Message.TrimEnd('.')}; let this process's user read it");
        }
    }

    private static ConfigurationException Unreadable(string path, string message) => new([new ConfigurationError(path, 1, 1, message)]);

    private void PollAgain()
    {
        lock (polling)
        {
            if (disposed) return;
            try
            {
                if (Poll() is { } diff) Changed?.Invoke(diff);
            }
#pragma warning disable CA1031 // Whatever a subscriber throws, polling has to go on, and the process with it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogSubscriberFailed(logger, error);
            }

            timer.Change(pollInterval, Timeout.InfiniteTimeSpan);
        }
    }

    private TopologyDiff? Poll()
    {
        string content;
        try
        {
            content = Load(path);
            unreadable = null;
        }
        catch (ConfigurationException error)
        {
            if (unreadable != error.Message) LogRefused(logger, path, error.Message);
            unreadable = error.Message;
            return null;
        }

        var settled = content == seen;
        seen = content;
        if (!settled || content == judged) return null;

        judged = content;
        var reading = TopologyYaml.Read(content, path);
        if (reading.Topology is not { } topology)
        {
            LogRefused(logger, path, string.Join('\n', reading.Errors));
            return null;
        }

        if (topology.Version == current.Version) return null;
        var diff = TopologyDiff.Between(current, topology);
        current = topology;
        LogChanged(
            logger, path, topology.Version, topology.Hosts.Count, diff.Added.Count, Names(diff.Added), diff.Removed.Count, Names(diff.Removed),
            diff.Moved.Count, Names(diff.Moved), diff.Changed.Count, Names(diff.Changed));
        return diff;
    }

    private static string Names(IReadOnlyList<Host> hosts) => hosts.Count == 0
        ? ""
        : $" ({string.Join(", ", hosts.Take(NamesShown))}{(hosts.Count > NamesShown ? ", ..." : "")})";
}
