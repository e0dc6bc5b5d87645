using Pingmesh.Store;
using Pingmesh.Store.Journal;

namespace Pingmesh.UnitTests.Store;

/// <summary>A store that a contract test works on; the next <see cref="StoreFixture.Open"/> finds the same data.</summary>
public sealed record OpenedStore(IMeasurementStore Measurements, IBatchJournal Journal, IDocumentStore Documents, IDisposable Owner) : IDisposable
{
    public void Dispose() => Owner.Dispose();
}

/// <summary>Makes stores of one engine; an engine's contract tests derive from the contract and give one of these.</summary>
public abstract class StoreFixture : IDisposable
{
    public abstract OpenedStore Open(TimeProvider? time = null);

    public abstract void Dispose();
}
