using Pingmesh.Store;

namespace Pingmesh.UnitTests.Store;

/// <summary>What every store of documents does.</summary>
public abstract class DocumentStoreContract(StoreFixture fixture) : IDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Newest_version_counts_in_any_order_of_writing_and_after_a_restart()
    {
        var time = Start.AddTicks(1_234_560);
        using (var store = fixture.Open())
        {
            await store.Documents.PutAsync([], Cancellation);
            await store.Documents.PutAsync([new Document("incident", "a", 2, time, "{\"n\":2}"), new Document("incident", "b", 1, time, "{}")], Cancellation);
            await store.Documents.PutAsync([new Document("incident", "a", 1, time, "{\"n\":1}")], Cancellation);
            await store.Documents.PutAsync([new Document("incident", "a", 2, time, "\"another of the same version\"")], Cancellation);
            Assert.Equal(new Document("incident", "a", 2, time, "{\"n\":2}"), await store.Documents.FindAsync("incident", "a", Cancellation));
            await store.Documents.PutAsync([new Document("incident", "a", 3, time, "it's \\ a \"quote\" \n é")], Cancellation);
        }

        using var again = fixture.Open();
        Assert.Equal(new Document("incident", "a", 3, time, "it's \\ a \"quote\" \n é"), await again.Documents.FindAsync("incident", "a", Cancellation));
        Assert.Equal(["a", "b"], (await again.Documents.ReadAsync("incident", Start, Start.AddDays(1), 10, Cancellation)).Select(one => one.Id));
        Assert.Null(await again.Documents.FindAsync("incident", "c", Cancellation));
        Assert.Null(await again.Documents.FindAsync("audit", "a", Cancellation));
        Assert.Null(await again.Documents.FindAsync("o'", "\\'; --", Cancellation));
    }

    [Fact]
    public async Task Reading_gives_the_newest_of_a_kind_and_a_time_first_and_no_more_than_asked_for()
    {
        using var store = fixture.Open();
        var documents = Enumerable.Range(0, 10).Select(i => new Document(i % 2 == 0 ? "even" : "odd", $"{i}", 1, Start.AddDays(20 * i), $"{i}")).ToList();
        await store.Documents.PutAsync(documents, Cancellation);
        Assert.Equal(["8", "6", "4", "2", "0"], await IdsAsync("even", Start, Start.AddDays(1_000), 100));
        Assert.Equal(["8", "6"], await IdsAsync("even", Start, Start.AddDays(1_000), 2));

        // From is in it, to is not.
        Assert.Equal(["6", "4", "2"], await IdsAsync("even", Start.AddDays(40), Start.AddDays(160), 100));
        Assert.Empty(await IdsAsync("none", Start, Start.AddDays(1_000), 100));

        async Task<IEnumerable<string>> IdsAsync(string kind, DateTimeOffset from, DateTimeOffset to, int limit) =>
            (await store.Documents.ReadAsync(kind, from, to, limit, Cancellation)).Select(one => one.Id);
    }

    [Fact]
    public async Task Only_old_documents_of_the_kind_are_forgotten()
    {
        using var store = fixture.Open();
        await store.Documents.PutAsync(
            [new Document("a", "old", 1, Start, "1"), new Document("a", "new", 1, Start.AddHours(1), "2"), new Document("b", "old", 1, Start, "3")], Cancellation);
        await store.Documents.ForgetAsync("a", Start.AddHours(1), Cancellation);
        Assert.Equal(["new"], (await store.Documents.ReadAsync("a", Start, Start.AddDays(1), 10, Cancellation)).Select(one => one.Id));
        Assert.Single(await store.Documents.ReadAsync("b", Start, Start.AddDays(1), 10, Cancellation));
        await store.Documents.ForgetAsync("a", Start.AddHours(1), Cancellation);
        await store.Documents.PutAsync([new Document("a", "old", 2, Start, "4")], Cancellation);
        Assert.Equal("4", (await store.Documents.FindAsync("a", "old", Cancellation))!.Json);
    }
}
