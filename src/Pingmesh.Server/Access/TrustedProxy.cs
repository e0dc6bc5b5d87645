using System.Net;
using Microsoft.AspNetCore.Http;

namespace Pingmesh.Server.Access;

/// <summary>
/// A reverse proxy that has signed people in, and says in headers who they are. Only what comes from its addresses is believed.
/// </summary>
/// <param name="Networks">Addresses of the proxy.</param>
/// <param name="RoleHeader">Header of the role: <c>viewer</c>, <c>operator</c> or <c>admin</c>.</param>
/// <param name="UserHeader">Header of the user's name.</param>
public sealed record TrustedProxy(IReadOnlyList<IPNetwork> Networks, string RoleHeader = "X-Pingmesh-Role", string UserHeader = "X-Forwarded-User")
{
    /// <summary>Who the proxy says a request is of; null when it says nothing, or is not the proxy.</summary>
    public Caller? Find(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } peer) return null;
        var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        if (!Networks.Any(network => network.Contains(address))) return null;
        Role? role = context.Request.Headers[RoleHeader].ToString() switch
        {
            "viewer" => Role.Viewer,
            "operator" => Role.Operator,
            "admin" => Role.Admin,
            _ => null,
        };
        return role is { } known ? new Caller(known, context.Request.Headers[UserHeader].ToString() is { Length: > 0 } user ? user : "proxy") : null;
    }
}
