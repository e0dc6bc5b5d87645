using Microsoft.Extensions.Logging;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Cli.Configuration;

/// <summary>
/// Takes up changed probe settings of the configuration file without a restart. Wrong contents are logged once and
/// leave the settings as they were.
/// </summary>
internal sealed partial class MeshConfigurationFile : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private readonly Func<MeshSettings> read;
    private readonly ILogger logger;
    private readonly Timer? timer;
    private string lastProblem = "";
    private volatile MeshSettings current;

    /// <param name="first">The settings at the start.</param>
    /// <param name="read">Reads them anew, from flags, environment and file.</param>
    /// <param name="follow">Whether there is a file to follow.</param>
    /// <param name="logger">The log.</param>
    public MeshConfigurationFile(MeshSettings first, Func<MeshSettings> read, bool follow, ILogger logger)
    {
        current = first;
        this.read = read;
        this.logger = logger;
        if (follow) timer = new Timer(_ => ReadAgain(), null, Poll, Poll);
    }

    public MeshSettings Current => current;

    public void Dispose() => timer?.Dispose();

    private void ReadAgain()
    {
        try
        {
            var settings = read();
            lastProblem = "";
            if (settings == current) return;
            current = settings;
            LogChanged(settings);
        }
        catch (ConfigurationException error)
        {
            if (error.Message == lastProblem) return;
            lastProblem = error.Message;
            LogRefused(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Probe settings changed: {Settings}")]
    private partial void LogChanged(MeshSettings settings);

    [LoggerMessage(Level = LogLevel.Error, Message = "The configuration file was changed but is wrong; the settings stay as they were: {Problem}")]
    private partial void LogRefused(string problem);
}
