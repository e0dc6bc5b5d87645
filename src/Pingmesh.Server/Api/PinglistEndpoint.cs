using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pingmesh.Controller.Agents;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Controller.Sources;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;
using Pingmesh.Server.Access;
using Pingmesh.Server.OnDemand;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/pinglist/{host}</c>: what a host is to probe, with an ETag.</summary>
internal sealed class PinglistEndpoint(PinglistService pinglists, AgentRegistry agents, Func<Topology> topology, RegisteredAgents? registered, OrderBoard orders)
{
    private const int MaxAddresses = 64;

    public IResult Get(string host, HttpContext context)
    {
        if (AccessControl.AgentOf(context) is { } own && own != host)
            return Results.Problem(statusCode: StatusCodes.Status403Forbidden, title: "Not allowed", detail: $"The credential is of host '{own}', which may not ask for the pinglist of '{host}'.");
        OrdersEndpoint.Signal(context, orders, host);
        Register(host, context);
        if (IsUnchanged(host, context)) return Results.StatusCode(StatusCodes.Status304NotModified);
        if (pinglists.Find(host) is not { } document)
        {
            if (registered?.SeenAt(host) is not null)
            {
                context.Response.Headers.RetryAfter = "2";
                return Results.Problem(
                    statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not yet", detail: $"'{host}' is being taken into the mesh; ask again in 2 seconds.");
            }

            var nearest = NearestKey.Of(host, topology().Hosts.Take(10_000).Select(known => known.Name));
            return Results.Problem(
                statusCode: StatusCodes.Status404NotFound,
                title: "No pinglist",
                detail: $"'{host}' is not a host of the topology{(nearest is null ? "" : $"; did you mean '{nearest}'?")}");
        }

        if (DocumentFormat.Of(context.Request.Headers.Accept) is not { } format)
            return Results.Problem(statusCode: StatusCodes.Status406NotAcceptable, title: "No such format", detail: $"Pinglists can be had as {DocumentFormat.Choices}.");
        agents.RecordPinglistFetch(host, document.ETag);
        var etag = format.Tag(document.ETag);
        context.Response.Headers.ETag = etag;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.Vary = "Accept";
        context.Response.Headers["Pingmesh-Topology"] = document.TopologyVersion;
        context.Response.Headers[AgentIdentity.MeshHeader] = document.Stamp;
        return context.Request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Contains(etag)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(format.Convert(document.Json, "pinglist"), format.MediaType);
    }

    /// <summary>Whether the list that the agent has was made from what lists are made of now. Then nothing need be made to answer.</summary>
    private bool IsUnchanged(string host, HttpContext context)
    {
        var stamp = context.Request.Headers[AgentIdentity.MeshHeader].ToString();
        if (context.Request.Headers.IfNoneMatch is not [{ } etag] || !etag.StartsWith('"') || !EntityTagHeaderValue.TryParse(etag, out _)) return false;
        if (stamp.Length == 0 || stamp != pinglists.Stamp || !pinglists.Knows(host)) return false;
        agents.RecordPinglistFetch(host, etag);
        context.Response.Headers.ETag = etag;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers[AgentIdentity.MeshHeader] = stamp;
        return true;
    }

    private void Register(string host, HttpContext context)
    {
        if (registered is null || !context.Request.Headers.TryGetValue(AgentIdentity.LabelsHeader, out var labels)) return;
        if (!ScopeName.IsValid(host)) throw new BadRequestException($"'{host}' is no name for a host: {ScopeName.Rule}");
        try
        {
            registered.Record(host, AddressesOf(context), AgentIdentity.Read(labels.ToString()));
        }
        catch (FormatException error)
        {
            throw new BadRequestException($"{AgentIdentity.LabelsHeader}: {error.Message}");
        }
    }

    private static List<IPAddress> AddressesOf(HttpContext context)
    {
        var addresses = new List<IPAddress>();
        foreach (var text in context.Request.Headers[AgentIdentity.AddressesHeader].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            addresses.Add(IPAddress.TryParse(text, out var address) ? address : throw new FormatException($"'{text}', given as this host's address, is no IP address"));
        if (addresses.Count == 0 && context.Connection.RemoteIpAddress is { } seen) addresses.Add(seen.IsIPv4MappedToIPv6 ? seen.MapToIPv4() : seen);
        return addresses.Count <= MaxAddresses ? addresses : throw new FormatException($"there are more than {MaxAddresses} addresses");
    }
}
