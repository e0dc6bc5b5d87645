namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>The way to one receiver, with a pace of its own: a slow one delays no other.</summary>
internal interface ILane : IAsyncDisposable
{
    /// <summary>The receiver's name; of one of several addresses with it behind <c>@</c>.</summary>
    string Name { get; }

    /// <summary>What was sent.</summary>
    DeliveryCounts Counts { get; }

    /// <summary>Messages that wait.</summary>
    int Queued { get; }

    /// <summary>Takes in the alerts of the moment, at once; comes at least once a second.</summary>
    void Offer(AlertPicture picture);
}
