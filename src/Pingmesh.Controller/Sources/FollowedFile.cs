using System.Text;
using Microsoft.Extensions.Logging;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Sources;

/// <summary>
/// Follows a file while it changes. It is polled by content, which also sees files that are replaced behind a link, as
/// container platforms do. A new content counts once two polls in a row have read the same, so that a file in the middle of
/// being written does not remove half a fleet; an invalid one leaves what was read before. Thread-safe.
/// </summary>
/// <typeparam name="T">What is read from it.</typeparam>
public sealed partial class FollowedFile<T> : IDisposable
    where T : class
{
    private const long MaxBytes = 64 << 20;

    private readonly string path;
    private readonly Func<string, string, (T? Value, IReadOnlyList<ConfigurationError> Errors)> read;
    private readonly ILogger logger;
    private readonly TimeSpan pollInterval;
    private readonly ITimer timer;
    private readonly Lock polling = new();

    // What the last poll read, and what was last judged (taken or refused).
    private string seen;
    private string judged;
    private string? unreadable;
    private bool disposed;
    private volatile T current;

    /// <summary>Reads the file and begins to follow it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads its text; the second parameter is the name that messages call the file by.</param>
    /// <param name="time">Clock of the polls.</param>
    /// <param name="logger">Told of invalid contents, once each.</param>
    /// <param name="pollInterval">Time between two polls; <see cref="FollowedFile.DefaultPollInterval"/> when null.</param>
    /// <exception cref="ConfigurationException">The file is missing, unreadable or invalid.</exception>
    public FollowedFile(
        string path, Func<string, string, (T? Value, IReadOnlyList<ConfigurationError> Errors)> read, TimeProvider time, ILogger logger, TimeSpan? pollInterval = null)
    {
        this.path = path;
        this.read = read;
        this.logger = logger;
        this.pollInterval = pollInterval ?? FollowedFile.DefaultPollInterval;
        seen = judged = Load(path);
        var (value, errors) = read(seen, path);
        current = value ?? throw new ConfigurationException(errors);
        timer = time.CreateTimer(_ => PollAgain(), null, this.pollInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised after each change, on the polling thread.</summary>
    public event Action? Changed;

    /// <summary>What the last valid content says.</summary>
    public T Current => current;

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
                if (Poll()) Changed?.Invoke();
            }
#pragma warning disable CA1031 // Whatever a subscriber throws, polling has to go on, and the process with it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogSubscriberFailed(path, error);
            }

            timer.Change(pollInterval, Timeout.InfiniteTimeSpan);
        }
    }

    private bool Poll()
    {
        string content;
        try
        {
            content = Load(path);
            unreadable = null;
        }
        catch (ConfigurationException error)
        {
            if (unreadable != error.Message) LogRefused(path, error.Message);
            unreadable = error.Message;
            return false;
        }

        var settled = content == seen;
        seen = content;
        if (!settled || content == judged) return false;

        judged = content;
        var (value, errors) = read(content, path);
        if (value is null)
        {
            LogRefused(path, string.Join('\n', errors));
            return false;
        }

        current = value;
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} cannot be used, what was read before stays in force:\n{Errors}")]
    private partial void LogRefused(string path, string errors);

    [LoggerMessage(Level = LogLevel.Error, Message = "a subscriber to changes of {Path} failed")]
    private partial void LogSubscriberFailed(string path, Exception error);
}

/// <summary>What all followed files share.</summary>
public static class FollowedFile
{
    /// <summary>Time between two polls unless another is given.</summary>
    public static readonly TimeSpan DefaultPollInterval = TimeSpan.FromSeconds(2);
}
