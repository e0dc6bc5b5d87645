using Pingmesh.Store.Sqlite;

namespace Pingmesh.UnitTests.Store;

/// <summary>Stores of the embedded engine, in a file of their own.</summary>
public sealed class SqliteFixture : StoreFixture
{
    private readonly TemporaryFolder folder = new();

    public string Path => folder.File("pingmesh.db");

    public override OpenedStore Open(TimeProvider? time = null)
    {
        var store = SqliteStore.Open(Path, time ?? TimeProvider.System);
        return new OpenedStore(store.Measurements, store.Journal, store.Documents, store);
    }

    public override void Dispose() => folder.Dispose();
}

public sealed class SqliteMeasurementStoreTests() : MeasurementStoreContract(new SqliteFixture());

public sealed class SqliteBatchJournalTests() : BatchJournalContract(new SqliteFixture());

public sealed class SqliteDocumentStoreTests() : DocumentStoreContract(new SqliteFixture());
