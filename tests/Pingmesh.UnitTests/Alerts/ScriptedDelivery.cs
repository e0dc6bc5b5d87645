using Pingmesh.Server.Alerts.Delivery;

namespace Pingmesh.UnitTests.Alerts;

/// <summary>A receiver that answers as it is told, and keeps what it got.</summary>
internal sealed class ScriptedDelivery : IDelivery
{
    private readonly Queue<DeliveryResult> answers = new();

    public bool OneByOne { get; init; }

    /// <summary>Answers nothing until it is set.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Every attempt: fingerprints with their states.</summary>
    public List<string> Attempts { get; } = [];

    public ScriptedDelivery Answers(params DeliveryResult[] results)
    {
        foreach (var result in results) answers.Enqueue(result);
        return this;
    }

    public async Task<DeliveryResult> SendAsync(Notification notification, CancellationToken cancel)
    {
        await Gate.WaitAsync(cancel);
        lock (answers)
        {
            Attempts.Add(string.Join(' ', notification.Alerts.Select(alert => $"{alert.Labels["incident"]}:{alert.State}")));
            return answers.Count > 0 ? answers.Dequeue() : DeliveryResult.Delivered();
        }
    }
}
