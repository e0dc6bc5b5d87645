using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pingmesh.Server.Access;

/// <summary>
/// Who may do what. A server that only its own machine can reach asks for nothing. Any other wants a name with each request for
/// data: agents send their credentials, everybody else a token or an API key, as a bearer token or, in browsers, as a cookie, or
/// comes through a proxy that is trusted. Every refusal is counted and logged, without what was sent.
/// </summary>
internal sealed partial class AccessControl(AccessSettings? settings, ILogger logger)
{
    /// <summary>The browser's cookie.</summary>
    public const string Cookie = "pingmesh";

    private const string Bearer = "Bearer ";

    private static readonly Caller Anyone = new(Role.Admin, "local");

    private long refused;

    /// <summary>Requests refused for want of a token or of the right to do it.</summary>
    public long Refused => Volatile.Read(ref refused);

    /// <summary>Who sent a request that was let pass.</summary>
    public static Caller CallerOf(HttpContext context) => context.Items.TryGetValue(typeof(Caller), out var caller) ? (Caller)caller! : Anyone;

    /// <summary>The one host that the sender of a request may speak for; null where it may speak for any.</summary>
    public static string? AgentOf(HttpContext context) => CallerOf(context) is { Role: Role.Agent, Name: { } host } ? host : null;

    /// <summary>Finds out who sent a request.</summary>
    public Task IdentifyAsync(HttpContext context, RequestDelegate next)
    {
        if (settings is not null) context.Items[typeof(Caller)] = Find(settings, context);
        return next(context);
    }

    /// <summary>Lets a request pass whose sender is known, or answers it with 401 or 403.</summary>
    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (settings is null)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var needed = RoleFor(context.Request);
        var caller = CallerOf(context);
        var may = needed switch
        {
            Role.None => true,
            Role.Agent => caller.Role == Role.Agent,
            _ => caller.Role != Role.Agent && caller.Role >= needed,
        };
        if (may)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        Interlocked.Increment(ref refused);
        LogRefused(context.Request.Method, context.Request.Path, context.Connection.RemoteIpAddress?.ToString(), caller.Name ?? "nobody", needed);
        await Answer(context, caller, needed).ExecuteAsync(context).ConfigureAwait(false);
    }

    /// <summary>Signs a browser in: sets the cookie and leads to the page.</summary>
    public IResult SignIn(HttpContext context, string? token)
    {
        if (settings is not null && (token is null || FindPerson(settings, token) is null))
        {
            return Results.Problem(
                statusCode: StatusCodes.Status401Unauthorized, title: "Wrong token", detail: "Open the link that the server printed when it started, or give your API key.");
        }

        if (token is not null)
        {
            context.Response.Cookies.Append(Cookie, token, new CookieOptions
            {
                HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, MaxAge = TimeSpan.FromDays(30), IsEssential = true,
            });
        }

        return Results.Redirect("/");
    }

    private static IResult Answer(HttpContext context, Caller caller, Role needed)
    {
        if (caller.Role != Role.None && needed != Role.Agent)
        {
            return Results.Problem(
                statusCode: StatusCodes.Status403Forbidden, title: "Not allowed",
                detail: $"This needs the role {needed.ToString().ToLowerInvariant()}; '{caller.Name}' has the role {caller.Role.ToString().ToLowerInvariant()}.");
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Problem(
            statusCode: StatusCodes.Status401Unauthorized,
            title: "A token is needed",
            detail: needed == Role.Agent
                ? "Agents send their credential, which they get with the agents' token from /api/v1/enrol/HOST."
                : "Send a token that the server printed when it started, or an API key, as 'Authorization: Bearer TOKEN'; in a browser, open the link it printed.");
    }

    private static Role RoleFor(HttpRequest request)
    {
        var path = request.Path;
        if (path.StartsWithSegments("/api/v1/enrol")) return Role.None;
        if (path.StartsWithSegments("/api/v1/pinglist") || path.StartsWithSegments("/api/v1/measurements")) return Role.Agent;
        if (path.StartsWithSegments("/api/v1/tests/orders") || path.StartsWithSegments("/api/v1/tests/reports")) return Role.Agent;
        if (path.StartsWithSegments("/api/v1/revoked") || path.StartsWithSegments("/api/v1/audit")) return Role.Admin;
        if (path.StartsWithSegments("/api")) return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? Role.Viewer : Role.Operator;
        return path.StartsWithSegments("/openapi") || path.StartsWithSegments("/metrics") ? Role.Viewer : Role.None;
    }

    private static Caller Find(AccessSettings settings, HttpContext context)
    {
        // The handshake has seen that it is good.
        if (context.Connection.ClientCertificate?.GetNameInfo(X509NameType.DnsName, forIssuer: false) is { Length: > 0 } named
            && !settings.Credentials.Revoked.ContainsKey(named)) return new Caller(Role.Agent, named);
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            var token = header[Bearer.Length..].Trim();
            if (FindPerson(settings, token) is { } person) return person;
            if (settings.Credentials.HostOf(token) is { } host) return new Caller(Role.Agent, host);
        }

        if (context.Request.Cookies.TryGetValue(Cookie, out var cookie) && FindPerson(settings, cookie) is { } signedIn) return signedIn;
        return settings.Proxy?.Find(context) ?? new Caller(Role.None, null);
    }

    private static Caller? FindPerson(AccessSettings settings, string token)
    {
        if (AccessTokens.Same(settings.Tokens.Admin, token)) return new Caller(Role.Admin, "admin");
        if (AccessTokens.Same(settings.Tokens.Viewer, token)) return new Caller(Role.Viewer, "viewer");
        return settings.Keys()?.Find(token);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "refused {Method} {Path} of {Address}: {Caller} has not the role {Needed}")]
    private partial void LogRefused(string method, string path, string? address, string caller, Role needed);
}
