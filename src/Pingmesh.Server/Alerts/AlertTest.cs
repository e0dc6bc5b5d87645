using Pingmesh.Server.Alerts.Delivery;
using Pingmesh.Server.Alerts.Receivers;

namespace Pingmesh.Server.Alerts;

/// <summary>Sends a test alert to receivers, to see that they get it.</summary>
public static class AlertTest
{
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(1);

    /// <summary>Sends to each address of a receiver once. What began is also ended, where somebody would be called.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What became of it, by address.</returns>
    public static async Task<IReadOnlyList<AlertTestResult>> SendAsync(ReceiverSettings receiver, TimeProvider time, CancellationToken cancel)
    {
        using var deliveries = new Deliveries(time);
        IReadOnlyList<(string Name, IDelivery Delivery)> ways;
        try
        {
            ways = deliveries.Of(receiver);
        }
        catch (Exception error) when (error is IOException or Core.Yaml.ConfigurationException)
        {
            return [new AlertTestResult(receiver.Name, false, error.Message)];
        }

        var results = new List<AlertTestResult>();
        foreach (var (name, delivery) in ways)
        {
            var result = await delivery.SendAsync(new Notification(name, "", [Make(time.GetUtcNow(), receiver.Kind)]), cancel).ConfigureAwait(false);
            if (result.Outcome == DeliveryOutcome.Delivered && delivery.OneByOne)
                result = await delivery.SendAsync(new Notification(name, "", [Make(time.GetUtcNow(), receiver.Kind) with { EndsAt = time.GetUtcNow() }]), cancel).ConfigureAwait(false);
            results.Add(new AlertTestResult(name, result.Outcome == DeliveryOutcome.Delivered, result.Detail));
        }

        return results;
    }

    // An Alertmanager lets it end by itself; in a chat it is one that begins.
    private static Alert Make(DateTimeOffset now, ReceiverKind kind)
    {
        const string name = "PingmeshTest";
        return new Alert
        {
            Fingerprint = Alert.FingerprintOf(name, ""),
            Name = name,
            Kind = AlertKinds.Test,
            Scope = AlertScope.Itself,
            Severity = AlertSeverity.Info,
            StartsAt = now,
            EndsAt = kind == ReceiverKind.Alertmanager ? now + Lasts : null,
            Labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                [AlertTexts.Name] = name, [AlertTexts.Severity] = AlertSeverity.Info.Name(), [AlertTexts.Kind] = AlertKinds.Test, [AlertTexts.Scope] = AlertScope.Itself,
            },
            Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [AlertTexts.Summary] = "This is a test of Pingmesh's alerts; nothing is wrong." },
        };
    }
}

/// <summary>What became of a test.</summary>
/// <param name="Receiver">The receiver, and which of its addresses.</param>
/// <param name="Ok">Whether it has the alert.</param>
/// <param name="Detail">Why not, or what it answered; may be empty.</param>
public sealed record AlertTestResult(string Receiver, bool Ok, string Detail);
