using Microsoft.Extensions.Logging;
using Pingmesh.AgentCli.Running;
using Pingmesh.Core.Yaml;

namespace Pingmesh.AgentCli.Configuration;

/// <summary>
/// Takes up changed settings of the configuration file without a restart. Wrong contents are logged once and leave the
/// settings as they were.
/// </summary>
internal sealed partial class FollowedSettings<T> : IDisposable
    where T : class
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private readonly Func<T> read;
    private readonly ILogger logger;
    private readonly Timer? timer;
    private string lastProblem = "";
    private volatile T current;

    /// <param name="first">The settings at the start.</param>
    /// <param name="read">Reads them anew, from flags, environment and file.</param>
    /// <param name="follow">Whether there is a file to follow.</param>
    /// <param name="logger">The log.</param>
    public FollowedSettings(T first, Func<T> read, bool follow, ILogger logger)
    {
        current = first;
        this.read = read;
        this.logger = logger;
        if (follow) timer = new Timer(_ => ReadAgain(), null, Poll, Poll);
    }

    public T Current => current;

    public void Dispose() => timer?.Dispose();

    private void ReadAgain()
    {
        try
        {
            var settings = read();
            lastProblem = "";
            if (settings.Equals(current)) return;
            current = settings;
            LogChanged(settings);
        }
        catch (Exception error) when (error is ConfigurationException or UsageException)
        {
            if (error.Message == lastProblem) return;
            lastProblem = error.Message;
            LogRefused(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Settings changed: {Settings}")]
    private partial void LogChanged(T settings);

    [LoggerMessage(Level = LogLevel.Error, Message = "The configuration file was changed but is wrong; the settings stay as they were: {Problem}")]
    private partial void LogRefused(string problem);
}
