using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Core.Yaml;
using Pingmesh.Server.Access;

namespace Pingmesh.Server.Api;

/// <summary>
/// <c>/api/v1/incidents</c>: what is and was wrong, with the evidence; operators acknowledge, silence and comment.
/// </summary>
internal sealed class IncidentsEndpoint(IncidentBook book, AuditLog audit, TimeProvider time)
{
    private const int MaxText = 2_000;
    private const int MaxBody = 16 << 10;
    private const int MaxIncidents = 10_000;

    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(30);

    public async Task<IResult> GetAsync(string? state, string? from, string? to, int? limit, CancellationToken cancel)
    {
        if (limit is < 1 or > MaxIncidents) throw new BadRequestException($"'limit' is {limit}; it goes from 1 to {MaxIncidents}");
        if (state is not (null or "active" or "all")) throw new BadRequestException($"'state' is '{state}'; it is active or all");
        if (from is null && to is null && state != "all") return Answer(book.Current.Where(one => one.State != IncidentState.Resolved).Take(limit ?? MaxIncidents));
        var now = time.GetUtcNow();
        var range = from is null && to is null ? (From: DateTimeOffset.UnixEpoch, To: now.AddDays(1)) : Range(from, to);
        var found = await book.ReadAsync(range.From, range.To, limit ?? 1_000, cancel).ConfigureAwait(false);
        return Answer(state == "active" ? found.Where(one => one.State != IncidentState.Resolved) : found);
    }

    public async Task<IResult> FindAsync(string id, CancellationToken cancel) => await book.FindAsync(id, cancel).ConfigureAwait(false) is { } incident ? Answer(incident) : NoSuch(id);

    public async Task<IResult> FindEvidenceAsync(string id, CancellationToken cancel)
    {
        if (await book.FindAsync(id, cancel).ConfigureAwait(false) is null) return NoSuch(id);
        return await book.FindEvidenceAsync(id, cancel).ConfigureAwait(false) is { } evidence
            ? Answer(evidence)
            : Results.Problem(statusCode: StatusCodes.Status404NotFound, title: "No evidence", detail: $"No evidence is kept of incident '{id}': it was found by hosts that do not answer, or its evidence has expired.");
    }

    public Task<IResult> AcknowledgeAsync(string id, HttpContext context) =>
        ChangeAsync(id, context, "acknowledge", (one, by, at) => one with { Acknowledged = new Acknowledgement(by, at), Timeline = Said(one, by, at, "acknowledged") });

    public Task<IResult> UnacknowledgeAsync(string id, HttpContext context) =>
        ChangeAsync(id, context, "unacknowledge", (one, by, at) => one with { Acknowledged = null, Timeline = Said(one, by, at, "not acknowledged any more") });

    public async Task<IResult> SilenceAsync(string id, string? duration, HttpContext context)
    {
        if (duration is null || !DurationText.TryParse(duration, out var span) || span <= TimeSpan.Zero || span > LongestSilence)
            throw new BadRequestException($"'duration' is {(duration is null ? "missing" : $"'{duration}'")}; give one up to {LongestSilence.TotalDays:F0}d, such as duration=2h");
        return await ChangeAsync(id, context, "silence", (one, by, at) => one with { SilencedUntil = at + span, Timeline = Said(one, by, at, $"silenced for {DurationText.Format(span)}") }).ConfigureAwait(false);
    }

    public Task<IResult> UnsilenceAsync(string id, HttpContext context) =>
        ChangeAsync(id, context, "unsilence", (one, by, at) => one with { SilencedUntil = null, Timeline = Said(one, by, at, "not silent any more") });

    public async Task<IResult> CommentAsync(string id, HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context, MaxBody).ConfigureAwait(false);
        string? text = null;
        try
        {
            text = JsonDocument.Parse(body).RootElement.GetProperty("text").GetString()?.Trim();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
        }

        if (text is not { Length: > 0 and <= MaxText }) throw new BadRequestException($"the body is not {{\"text\": \"...\"}} with 1 to {MaxText} characters");
        return await ChangeAsync(id, context, "comment", (one, by, at) => one with { Timeline = Said(one, by, at, text) }).ConfigureAwait(false);
    }

    /// <summary>Incidents that overlap with a time and concern what is asked about: a host, a scope, a service, or pairs of these.</summary>
    public static IReadOnlyList<Incident> Overlapping(IEnumerable<Incident> incidents, string of, DateTimeOffset from, DateTimeOffset to, Func<string, string?> pathOf)
    {
        var asked = of.Split(['>', '~', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return
        [
            .. incidents.Where(one => one.Onset < to && (one.Resolved ?? DateTimeOffset.MaxValue) >= from && asked.Any(name => name.StartsWith("service:", StringComparison.Ordinal)
                ? one.Radius.Services.Contains(name["service:".Length..])
                : one.Scope.Split('~').Any(scope => IsWithin(Path(name), Path(scope)) || IsWithin(Path(scope), Path(name))))),
        ];

        string Path(string name) => pathOf(name) ?? name;

        static bool IsWithin(string inner, string outer) => inner.StartsWith(outer, StringComparison.Ordinal) && (inner.Length == outer.Length || inner[outer.Length] == '/');
    }

    private static IReadOnlyList<IncidentNote> Said(Incident one, string by, DateTimeOffset at, string text) => [.. one.Timeline, new IncidentNote(at, by, text)];

    private static IResult Answer<T>(T value) => Results.Json(value, IncidentJson.Options);

    private static IResult NoSuch(string id) => Results.Problem(statusCode: StatusCodes.Status404NotFound, title: "No such incident", detail: $"There is no incident '{id}'; GET /api/v1/incidents?state=all lists them.");

    private (DateTimeOffset From, DateTimeOffset To) Range(string? from, string? to)
    {
        var range = RequestText.RangeOrLastHour(from, to, time);
        return (DateTimeOffset.FromUnixTimeSeconds(range.From), DateTimeOffset.FromUnixTimeSeconds(range.To));
    }

    // Remembered before it is done, as all that users do.
    private async Task<IResult> ChangeAsync(string id, HttpContext context, string action, Func<Incident, string, DateTimeOffset, Incident> change)
    {
        if (await book.FindAsync(id, context.RequestAborted).ConfigureAwait(false) is not { } known) return NoSuch(id);
        var actor = AuditLog.ActorOf(context);
        await audit.WriteAsync(actor, $"incident {action}", id, context.RequestAborted).ConfigureAwait(false);
        var after = book.Change(id, one => change(one ?? known, actor.Name, time.GetUtcNow()));
        await book.SaveAsync(context.RequestAborted).ConfigureAwait(false);
        return Answer(after);
    }
}
