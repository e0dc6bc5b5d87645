using Pingmesh.Store.ClickHouse;
using Pingmesh.Store.Sqlite;
using Pingmesh.UnitTests.Store;

namespace Pingmesh.SystemTests.Store;

/// <summary>Stores in a database of their own.</summary>
public sealed class ClickHouseFixture(ClickHouseSettings settings) : StoreFixture
{
    private readonly TemporaryFolder folder = new();
    private bool isMigrated;

    public override OpenedStore Open(TimeProvider? time = null)
    {
        if (!isMigrated)
        {
            using var schema = new ClickHouseSchema(settings);
            schema.MigrateAsync(_ => { }).GetAwaiter().GetResult();
            isMigrated = true;
        }

        var journal = SqliteStore.Open(folder.File("journal.db"), time ?? TimeProvider.System);
        var store = ClickHouseStore.OpenAsync(settings, "journal-1", time ?? TimeProvider.System).GetAwaiter().GetResult();
        return new OpenedStore(store, journal.Journal, store.Documents, new Both(store, journal));
    }

    public override void Dispose() => folder.Dispose();

    private sealed class Both(IDisposable one, IDisposable other) : IDisposable
    {
        public void Dispose()
        {
            one.Dispose();
            other.Dispose();
        }
    }
}

[Collection(nameof(ClickHouseCluster))]
public sealed class ClickHouseClusterContractTests(ClickHouseCluster cluster) : MeasurementStoreContract(new ClickHouseFixture(cluster.NewDatabase()));

[Collection(nameof(ClickHouseCluster))]
public sealed class ClickHouseServerContractTests(ClickHouseCluster cluster) : MeasurementStoreContract(new ClickHouseFixture(cluster.NewDatabaseOnOneServer()));

[Collection(nameof(ClickHouseCluster))]
public sealed class ClickHouseClusterDocumentTests(ClickHouseCluster cluster) : DocumentStoreContract(new ClickHouseFixture(cluster.NewDatabase()));

[Collection(nameof(ClickHouseCluster))]
public sealed class ClickHouseServerDocumentTests(ClickHouseCluster cluster) : DocumentStoreContract(new ClickHouseFixture(cluster.NewDatabaseOnOneServer()));

/// <summary>All tests of ClickHouse share the servers, each has a database of its own.</summary>
[CollectionDefinition(nameof(ClickHouseCluster))]
public sealed class ClickHouseTogether : ICollectionFixture<ClickHouseCluster>;
