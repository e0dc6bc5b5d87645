using Pingmesh.Analysis.Incidents;
using Pingmesh.Store;

namespace Pingmesh.UnitTests.Analysis.Incidents;

public sealed class IncidentBookTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly MemoryDocuments store = new();
    private readonly VirtualTime time = new(Start);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_change_is_a_version_and_only_changes_are_told()
    {
        using var book = await OpenAsync();
        var told = 0;
        book.Changed += () => told++;
        Assert.Equal(1, book.Change("a", _ => Make("a"))!.Version);
        Assert.Equal(2, book.Change("a", one => one! with { Summary = "worse" })!.Version);
        Assert.Equal(2, book.Change("a", one => one)!.Version);
        Assert.Equal(2, book.Change("a", _ => null)!.Version);
        Assert.Null(book.Change("b", one => one));
        Assert.Equal(2, told);
        Assert.Equal("worse", (await book.FindAsync("a", Cancellation))!.Summary);
    }

    [Fact]
    public async Task Timeline_keeps_its_newest_notes()
    {
        using var book = await OpenAsync();
        book.Change("a", _ => Make("a"));
        for (var i = 0; i < 300; i++) Comment(book, $"{i}");
        Assert.Equal(("100", "299", 200), (Current(book).Timeline[0].Text, Current(book).Timeline[^1].Text, Current(book).Timeline.Count));
    }

    [Fact]
    public async Task Restart_finds_what_was_written_with_its_evidence()
    {
        var evidence = new IncidentEvidence("a", Start, [new EvidenceWindow(Start, 10, 2, 1)], [], [], ["dc1-spine1"], ["h1"], 3, 3, 24, 0, new Dictionary<string, double> { ["dc1/ps1/pod1"] = 0.75 });
        using (var book = await OpenAsync())
        {
            book.Change("a", _ => Make("a") with { Suspects = [new Suspect("link", "x~y", 0.9, 4, 5, 1, 9)], Reproducer = new Reproducer("h1", "fails", "passes") });
            book.Keep(evidence, Start);
            await book.SaveAsync(Cancellation);
        }

        using var next = await OpenAsync();
        var one = Current(next);
        Assert.Equal((1L, IncidentKind.SilentDrops, new Suspect("link", "x~y", 0.9, 4, 5, 1, 9), new Reproducer("h1", "fails", "passes")), (one.Version, one.Kind, one.Suspects[0], one.Reproducer));
        var kept = (await next.FindEvidenceAsync("a", Cancellation))!;
        Assert.Equal(
            (evidence.OnlyBad[0], evidence.NoisyHosts[0], evidence.BlackHoleScores["dc1/ps1/pod1"], evidence.Series[0].Bad), (kept.OnlyBad[0], kept.NoisyHosts[0], kept.BlackHoleScores["dc1/ps1/pod1"], kept.Series[0].Bad));
        Assert.Null(await next.FindEvidenceAsync("b", Cancellation));
    }

    [Fact]
    public async Task Incident_that_is_over_leaves_the_current_ones_after_an_hour_and_is_still_found()
    {
        using var book = await OpenAsync();
        book.Change("a", _ => Make("a"));
        book.Change("a", one => one! with { State = IncidentState.Resolved, Resolved = Start });
        Assert.Single(book.Current);
        time.Advance(TimeSpan.FromMinutes(61));
        Assert.Empty(book.Current);
        await book.SaveAsync(Cancellation);
        await book.RefreshAsync(Cancellation);
        Assert.Empty(book.Current);
        Assert.Equal("a", (await book.FindAsync("a", Cancellation))!.Id);
        Assert.Equal(["a"], (await book.ReadAsync(Start.AddHours(-1), Start.AddHours(1), 10, Cancellation)).Select(one => one.Id));
        Assert.Empty(await book.ReadAsync(Start.AddMinutes(1), Start.AddHours(1), 10, Cancellation));
    }

    [Fact]
    public async Task Comment_on_an_incident_that_is_long_over_is_kept()
    {
        using var book = await OpenAsync();
        book.Change("a", _ => Make("a") with { State = IncidentState.Resolved, Resolved = Start });
        await book.SaveAsync(Cancellation);
        time.Advance(TimeSpan.FromHours(2));
        await book.RefreshAsync(Cancellation);
        var known = (await book.FindAsync("a", Cancellation))!;
        book.Change("a", one => (one ?? known) with { Timeline = [new IncidentNote(time.GetUtcNow(), "ann", "it was the line card")] });
        await book.SaveAsync(Cancellation);
        await book.RefreshAsync(Cancellation);
        Assert.Equal("it was the line card", Assert.Single((await book.FindAsync("a", Cancellation))!.Timeline).Text);
    }

    [Fact]
    public async Task Changes_that_a_store_did_not_take_are_written_when_it_does()
    {
        var shaky = new ShakyDocuments(store) { IsDown = true };
        using var book = await IncidentBook.OpenAsync(shaky, time, Cancellation);
        book.Change("a", _ => Make("a"));
        Comment(book, "one");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => book.SaveAsync(Cancellation));
        Comment(book, "two");
        Assert.Null(await store.FindAsync(IncidentBook.DocumentKind, "a", Cancellation));
        shaky.IsDown = false;
        await book.SaveAsync(Cancellation);
        using var next = await OpenAsync();
        Assert.Equal(3, Current(next).Version);
        Assert.Equal(["one", "two"], Current(next).Timeline.Select(note => note.Text));

        // Nothing is written twice.
        var writes = shaky.Writes;
        await book.SaveAsync(Cancellation);
        Assert.Equal(writes, shaky.Writes);
    }

    [Fact]
    public async Task What_users_say_at_two_servers_at_once_is_kept_at_both()
    {
        using var one = await OpenAsync();
        one.Change("a", _ => Make("a"));
        await one.SaveAsync(Cancellation);
        using var other = await OpenAsync();
        Comment(one, "said here");
        other.Change("a", incident => incident! with { Acknowledged = new Acknowledgement("ann", Start), Timeline = [.. incident.Timeline, new IncidentNote(Start, "ann", "said there")] });
        await one.SaveAsync(Cancellation);
        await other.SaveAsync(Cancellation);
        await one.RefreshAsync(Cancellation);
        foreach (var book in new[] { one, other })
        {
            Assert.Equal(["said here", "said there"], Current(book).Timeline.Select(note => note.Text).Order());
            Assert.Equal("ann", Current(book).Acknowledged?.By);
        }
    }

    [Fact]
    public async Task Two_servers_over_one_store_take_over_what_the_other_has_written()
    {
        using var one = await OpenAsync();
        using var second = await OpenAsync();
        one.Change("a", _ => Make("a"));
        await one.SaveAsync(Cancellation);
        await second.RefreshAsync(Cancellation);
        Comment(second, "by the second");
        await second.SaveAsync(Cancellation);
        var told = 0;
        one.Changed += () => told++;
        await one.RefreshAsync(Cancellation);
        await one.RefreshAsync(Cancellation);
        Assert.Equal((2L, 1), (Current(one).Version, told));
        Comment(one, "by the first");
        await one.SaveAsync(Cancellation);
        await second.RefreshAsync(Cancellation);
        Assert.Equal(["by the second", "by the first"], Current(second).Timeline.Select(note => note.Text));
    }

    private static Incident Current(IncidentBook book) => Assert.Single(book.Current);

    private static void Comment(IncidentBook book, string text) => book.Change("a", one => one! with { Timeline = [.. one.Timeline, new IncidentNote(Start, "ann", text)] });

    private static Incident Make(string id) => new()
    {
        Id = id, Key = $"loss|{id}", Version = 0, Kind = IncidentKind.SilentDrops, State = IncidentState.Open, Scope = "dc1", Tier = "spine", Summary = "spine drops", Onset = Start, Detected = Start,
        LastSymptom = Start, Radius = new BlastRadius(1, 2, 2, []), Figures = new IncidentFigures(100, 10, 0.1, 0.05, 0.2, 1e-4),
    };

    private Task<IncidentBook> OpenAsync() => IncidentBook.OpenAsync(store, time, Cancellation);

    /// <summary>Documents that cannot be written while it is down.</summary>
    private sealed class ShakyDocuments(IDocumentStore inner) : IDocumentStore
    {
        public bool IsDown { get; set; }

        public int Writes { get; private set; }

        public ValueTask PutAsync(IReadOnlyList<Document> documents, CancellationToken cancellationToken = default)
        {
            if (IsDown) throw new StoreUnavailableException("no space left", isFull: true);
            Writes++;
            return inner.PutAsync(documents, cancellationToken);
        }

        public ValueTask<Document?> FindAsync(string kind, string id, CancellationToken cancellationToken = default) => inner.FindAsync(kind, id, cancellationToken);

        public ValueTask<IReadOnlyList<Document>> ReadAsync(string kind, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(kind, from, to, limit, cancellationToken);

        public ValueTask ForgetAsync(string kind, DateTimeOffset before, CancellationToken cancellationToken = default) => inner.ForgetAsync(kind, before, cancellationToken);
    }
}
