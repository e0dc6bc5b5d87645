using System.Globalization;

namespace Pingmesh.Analysis.Incidents;

/// <summary>Incidents in plain sentences.</summary>
internal static class IncidentWords
{
    /// <summary>What is wrong, as the beginning of a sentence.</summary>
    public static string Of(IncidentKind kind) => kind switch
    {
        IncidentKind.HostDown => "Host down",
        IncidentKind.ScopeDown => "All hosts down",
        IncidentKind.BlackHole => "Packet black hole",
        IncidentKind.SilentDrops => "Silent packet drops",
        IncidentKind.Partition => "No connection",
        IncidentKind.Latency => "High latency",
        IncidentKind.SlowHost => "Slow host",
        IncidentKind.PayloadLoss => "Payloads lost while handshakes are well",
        IncidentKind.PayloadLatency => "Payloads slow while handshakes are well",
        _ => "Packets of one QoS class lost",
    };

    /// <summary>A share for readers.</summary>
    public static string Share(double rate) => rate switch
    {
        >= 0.0995 => $"{(100 * rate).ToString("0", CultureInfo.InvariantCulture)} %",
        >= 0.00995 => $"{(100 * rate).ToString("0.#", CultureInfo.InvariantCulture)} %",
        _ => $"{(100 * rate).ToString("0.###", CultureInfo.InvariantCulture)} %",
    };

    /// <summary>A time of day for readers, UTC.</summary>
    public static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
