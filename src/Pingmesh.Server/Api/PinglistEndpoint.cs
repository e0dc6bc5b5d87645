using Microsoft.AspNetCore.Http;
using Pingmesh.Controller.Agents;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/pinglist/{host}</c>: what a host is to probe, with an ETag.</summary>
internal sealed class PinglistEndpoint(PinglistService pinglists, AgentRegistry agents, Func<Topology> topology)
{
    public IResult Get(string host, HttpContext context)
    {
        if (pinglists.Find(host) is not { } document)
        {
            var nearest = NearestKey.Of(host, topology().Hosts.Take(10_000).Select(known => known.Name));
            return Results.Problem(
                statusCode: StatusCodes.Status404NotFound,
                title: "No pinglist",
                detail: $"'{host}' is not a host of the topology{(nearest is null ? "" : $"; did you mean '{nearest}'?")}");
        }

        agents.RecordPinglistFetch(host, document.ETag);
        context.Response.Headers.ETag = document.ETag;
        context.Response.Headers.CacheControl = "no-cache";
        return context.Request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Contains(document.ETag)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(document.Json, "application/json");
    }
}
