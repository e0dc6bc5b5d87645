namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>What became of an attempt to deliver a message.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Detail">Why, in a few words, without secrets; empty when it was delivered and there is nothing to say.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone; null when it did not say.</param>
internal sealed record DeliveryResult(DeliveryOutcome Outcome, string Detail = "", TimeSpan? RetryAfter = null)
{
    public static DeliveryResult Delivered(string detail = "") => new(DeliveryOutcome.Delivered, detail);

    public static DeliveryResult Refused(string detail) => new(DeliveryOutcome.Refused, detail);

    public static DeliveryResult Failed(string detail, TimeSpan? retryAfter = null) => new(DeliveryOutcome.Failed, detail, retryAfter);
}

/// <summary>What became of an attempt.</summary>
internal enum DeliveryOutcome
{
    /// <summary>The receiver has it.</summary>
    Delivered = 1,

    /// <summary>The receiver will never take it as it is.</summary>
    Refused,

    /// <summary>It may work later.</summary>
    Failed,
}
