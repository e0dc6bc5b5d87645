using Microsoft.AspNetCore.Http;
using Pingmesh.Server.Access;

namespace Pingmesh.Server.Api;

/// <summary><c>/api/v1/revoked</c>: the hosts whose agents may not speak; <c>PUT</c> and <c>DELETE</c> with a host's name revoke and allow it.</summary>
internal sealed class RevokedEndpoint(AccessSettings? settings)
{
    public IReadOnlyDictionary<string, DateTimeOffset> Get() => settings?.Credentials.Revoked ?? new Dictionary<string, DateTimeOffset>();

    public IResult Put(string host)
    {
        if (settings is null) return NoCredentials();
        settings.Credentials.Revoke(host);
        return Results.NoContent();
    }

    public IResult Delete(string host)
    {
        if (settings is null) return NoCredentials();
        return settings.Credentials.Allow(host)
            ? Results.NoContent()
            : Results.Problem(statusCode: StatusCodes.Status404NotFound, title: "Not revoked", detail: $"'{host}' is not revoked.");
    }

    private static IResult NoCredentials() =>
        Results.Problem(statusCode: StatusCodes.Status404NotFound, title: "No credentials", detail: "This server asks agents for none, so there is nothing to revoke.");
}
