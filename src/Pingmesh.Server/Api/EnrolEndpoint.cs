using Microsoft.AspNetCore.Http;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Access;

namespace Pingmesh.Server.Api;

/// <summary><c>POST /api/v1/enrol/{host}</c>: exchanges the agents' token, or a credential that is still good, for a credential of that host.</summary>
internal sealed class EnrolEndpoint(AccessSettings? settings)
{
    private const string Bearer = "Bearer ";

    public IResult Post(string host, HttpContext context)
    {
        if (settings is null) return Results.Problem(statusCode: StatusCodes.Status404NotFound, title: "No credentials", detail: "This server asks for none.");
        if (!ScopeName.IsValid(host)) throw new BadRequestException($"'{host}' is no name for a host: {ScopeName.Rule}");
        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : "";
        if (!AccessTokens.Same(settings.Tokens.Agent, token) && settings.Credentials.HostOf(token) != host)
        {
            return Results.Problem(
                statusCode: StatusCodes.Status401Unauthorized, title: "Wrong token",
                detail: "Send the agents' token that the server printed when it started, as 'Authorization: Bearer TOKEN'.");
        }

        return settings.Credentials.Issue(host) is { } credential
            ? Results.Ok(credential)
            : Results.Problem(statusCode: StatusCodes.Status403Forbidden, title: "Revoked", detail: $"'{host}' is revoked; an admin can allow it again with 'pingmesh agents allow {host}'.");
    }
}
