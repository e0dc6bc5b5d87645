using System.Text.Json;

namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>What was told to whom, in a file, so that nothing is told twice over a restart. Safe for any number of threads.</summary>
internal sealed class SentState
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly string path;
    private readonly Lock writing = new();
    private readonly Content content;

    private SentState(string path, Content content)
    {
        this.path = path;
        this.content = content;
    }

    /// <summary>Opens the file; without one nothing was told.</summary>
    /// <exception cref="IOException">It cannot be read, or holds something else; says what helps.</exception>
    public static SentState Open(string path)
    {
        if (!File.Exists(path)) return new SentState(path, new Content([], []));
        try
        {
            return new SentState(path, JsonSerializer.Deserialize<Content>(File.ReadAllBytes(path), Json) ?? new Content([], []));
        }
        catch (Exception error) when (error is JsonException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} does not hold what alerts were sent: {error.Message}; remove it, and alerts that hold are sent once more", error);
        }
    }

    /// <summary>The alerts that held, or ended lately, at the last <see cref="SaveAlerts"/>.</summary>
    public IReadOnlyList<Alert> Alerts
    {
        get
        {
            lock (writing) return [.. content.Alerts];
        }
    }

    /// <summary>What a receiver was told and believes to hold, by fingerprint.</summary>
    public Dictionary<string, SentMark> MarksOf(string receiver)
    {
        lock (writing) return content.Receivers.TryGetValue(receiver, out var marks) ? marks.ToDictionary(mark => mark.Alert.Fingerprint, StringComparer.Ordinal) : [];
    }

    /// <summary>Keeps the alerts.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveAlerts(IEnumerable<Alert> alerts)
    {
        lock (writing)
        {
            content.Alerts.Clear();
            content.Alerts.AddRange(alerts);
            Write();
        }
    }

    /// <summary>Keeps what a receiver was told.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveMarks(string receiver, IEnumerable<SentMark> marks)
    {
        lock (writing)
        {
            content.Receivers[receiver] = [.. marks];
            Write();
        }
    }

    // A crash leaves the old file or the new one, whole.
    private void Write()
    {
        try
        {
            File.WriteAllBytes(path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(content, Json));
            File.Move(path + ".tmp", path, overwrite: true);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{path}: {error.Message}", error);
        }
    }

    private sealed record Content(List<Alert> Alerts, Dictionary<string, List<SentMark>> Receivers);
}
