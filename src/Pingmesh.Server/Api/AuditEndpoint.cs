using Pingmesh.Analysis.Queries;
using Pingmesh.Server.Access;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/audit</c>: who did what; for admins.</summary>
internal sealed class AuditEndpoint(AuditLog audit, TimeProvider time)
{
    private const int DefaultEntries = 100;

    public async Task<IReadOnlyList<AuditResponse>> GetAsync(string? from, string? to, int? limit, CancellationToken cancel)
    {
        if (limit is < 1 or > AuditLog.MaxEntries) throw new BadRequestException($"'limit' is {limit}; it goes from 1 to {AuditLog.MaxEntries}");
        TimeRange? range = from is null && to is null ? null : TimeRangeText.Read(from, to, time);
        var entries = await audit.ReadAsync(
            range is { } asked ? DateTimeOffset.FromUnixTimeSeconds(asked.From) : DateTimeOffset.UnixEpoch,
            range is { } until ? DateTimeOffset.FromUnixTimeSeconds(until.To) : time.GetUtcNow().AddDays(1),
            limit ?? DefaultEntries,
            cancel).ConfigureAwait(false);
        return [.. entries.Select(entry => new AuditResponse(entry.At, entry.Who.Name, entry.Who.Role, entry.Who.Address, entry.Action, entry.Detail))];
    }
}

/// <summary>A line of the audit log.</summary>
/// <param name="At">When.</param>
/// <param name="Who">Name of the API key, the user or the token.</param>
/// <param name="Role">The role it has.</param>
/// <param name="Address">Where the request came from.</param>
/// <param name="Action">What was done, such as <c>test</c>.</param>
/// <param name="Detail">What exactly.</param>
public sealed record AuditResponse(DateTimeOffset At, string Who, string Role, string Address, string Action, string Detail);
