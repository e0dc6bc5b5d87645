using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Pingmesh.Agent.Aggregation;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.Agent.Observe;

/// <summary>Formats of a <see cref="RawResultLog"/>.</summary>
public enum RawResultFormat
{
    /// <summary>Comma-separated values with a heading (RFC 4180).</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    JsonLines,
}

/// <summary>Where raw results are logged.</summary>
/// <param name="Path">The file; when it is half of <paramref name="LimitBytes"/> long, it becomes <c>PATH.1</c> in place of the one before.</param>
/// <param name="Format">Its format.</param>
/// <param name="LimitBytes">Most bytes of both files.</param>
public sealed record RawResultLogSettings(string Path, RawResultFormat Format, long LimitBytes);

/// <summary>
/// A size-limited local log of every single probe: time, source address and port, destination address and port, protocol,
/// kind, message length in bytes, RTT in microseconds (empty without one), error code, SYN retransmissions. A disk that
/// cannot be written loses lines, which are counted, and nothing else. Used by one thread at a time.
/// </summary>
public sealed partial class RawResultLog : IDisposable
{
    private const string Heading = "time,source,source_port,destination,destination_port,protocol,kind,length,rtt_us,error,retransmissions\n";

    private readonly RawResultLogSettings settings;
    private readonly ILogger logger;
    private readonly StringBuilder text = new();
    private FileStream? file;
    private bool broken;

    /// <summary>A log that opens its file at the first write.</summary>
    public RawResultLog(RawResultLogSettings settings, ILogger logger)
    {
        this.settings = settings;
        this.logger = logger;
    }

    /// <summary>Results that could not be written.</summary>
    public long Lost { get; private set; }

    /// <summary>Appends results.</summary>
    /// <param name="outcomes">The results.</param>
    /// <param name="sources">Addresses that probes leave from.</param>
    public void Write(ReadOnlySpan<RecordedOutcome> outcomes, IReadOnlyList<IPAddress> sources)
    {
        if (outcomes.IsEmpty) return;
        try
        {
            file ??= Open();
            text.Clear();
            if (file.Length == 0 && settings.Format == RawResultFormat.Csv) text.Append(Heading);
            foreach (ref readonly var outcome in outcomes) Append(outcome, sources);
            file.Write(Encoding.UTF8.GetBytes(text.ToString()));
            file.Flush();
            if (file.Length >= settings.LimitBytes / 2) Rotate();
            if (broken) LogMended(settings.Path);
            broken = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Lost += outcomes.Length;
            if (!broken) LogBroken(settings.Path, error.Message);
            broken = true;
            file?.Dispose();
            file = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();

    private FileStream Open() => new(settings.Path, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete);

    private void Rotate()
    {
        file!.Dispose();
        file = null;
        File.Move(settings.Path, settings.Path + ".1", overwrite: true);
    }

    private void Append(in RecordedOutcome recorded, IReadOnlyList<IPAddress> sources)
    {
        var (target, outcome) = (recorded.Target, recorded.Outcome);
        var destination = AddressKey.ToAddress(target.Key);
        var source = SourceOf(destination, sources);
        var at = DateTime.UnixEpoch.AddTicks(outcome.StartedUnixMicroseconds * TimeSpan.TicksPerMicrosecond);
        var rtt = outcome.RttNanoseconds > 0 ? (outcome.RttNanoseconds / 1e3).ToString("0.###", CultureInfo.InvariantCulture) : null;
        var invariant = CultureInfo.InvariantCulture;
        if (settings.Format == RawResultFormat.Csv)
        {
            text.Append(invariant, $"{at:yyyy-MM-ddTHH:mm:ss.ffffffZ},{source},{outcome.SourcePort},{destination},{target.Port},{ProtocolOf(target.Series.Kind)},")
                .Append(invariant, $"{target.Series.Kind.Name()},{target.Shape.PayloadBytes},{rtt},{outcome.Error.Name()},{outcome.Retransmissions}\n");
            return;
        }

        text.Append(invariant, $"{{\"time\":\"{at:yyyy-MM-ddTHH:mm:ss.ffffffZ}\",\"source\":\"{source}\",\"source_port\":{outcome.SourcePort},")
            .Append(invariant, $"\"destination\":\"{destination}\",\"destination_port\":{target.Port},\"protocol\":\"{ProtocolOf(target.Series.Kind)}\",")
            .Append(invariant, $"\"kind\":\"{target.Series.Kind.Name()}\",\"length\":{target.Shape.PayloadBytes},\"rtt_us\":{rtt ?? "null"},")
            .Append(invariant, $"\"error\":\"{outcome.Error.Name()}\",\"retransmissions\":{outcome.Retransmissions}}}\n");
    }

    private static IPAddress? SourceOf(IPAddress destination, IReadOnlyList<IPAddress> sources)
    {
        foreach (var source in sources)
        {
            if (source.AddressFamily == destination.AddressFamily) return source;
        }

        return destination.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
    }

    private static string ProtocolOf(ProbeKind kind) => kind switch
    {
        ProbeKind.Icmp => "icmp",
        ProbeKind.Udp or ProbeKind.Dns or ProbeKind.Ntp => "udp",
        _ => "tcp",
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Raw results cannot be logged to {Path}, they are lost: {Problem}")]
    private partial void LogBroken(string path, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Raw results are logged to {Path} again")]
    private partial void LogMended(string path);
}
