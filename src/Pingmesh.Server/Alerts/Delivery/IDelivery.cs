namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>A way to tell a receiver.</summary>
internal interface IDelivery
{
    /// <summary>Whether a message may hold only one alert.</summary>
    bool OneByOne { get; }

    /// <summary>Tries once. Failures are results, not exceptions.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task<DeliveryResult> SendAsync(Notification notification, CancellationToken cancel);
}
