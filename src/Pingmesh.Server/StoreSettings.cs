using Pingmesh.Store;
using Pingmesh.Store.ClickHouse;

namespace Pingmesh.Server;

/// <summary>Where measurements are kept, and how long.</summary>
public sealed record StoreSettings
{
    /// <summary>How long.</summary>
    public Retention Retention { get; init; } = new();

    /// <summary>The ClickHouse that keeps them; null for a file in the data folder, which holds what waits for the store in any case.</summary>
    public ClickHouseSettings? ClickHouse { get; init; }
}
