using Microsoft.AspNetCore.Http;

namespace Pingmesh.Server.Access;

/// <summary>
/// Who may do what. A server that only its own machine can reach asks for nothing. Any other wants a token with each
/// request for data: agents theirs, everybody else the viewer's, as a bearer token or, in browsers, as a cookie.
/// </summary>
public sealed class AccessControl
{
    /// <summary>The browser's cookie.</summary>
    public const string Cookie = "pingmesh";

    private const string Bearer = "Bearer ";

    private readonly AccessTokens? tokens;
    private long refused;

    /// <summary>Control by tokens; null for none.</summary>
    public AccessControl(AccessTokens? tokens) => this.tokens = tokens;

    /// <summary>Requests refused for want of a token.</summary>
    public long Refused => Volatile.Read(ref refused);

    /// <summary>Lets a request pass, or answers it with 401.</summary>
    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (tokens is null || TokenFor(context.Request.Path) is not { } token || IsGiven(context.Request, token))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        Interlocked.Increment(ref refused);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        await Results.Problem(
            statusCode: StatusCodes.Status401Unauthorized,
            title: "A token is needed",
            detail: "Send the token that the server printed when it started, as 'Authorization: Bearer TOKEN'; in a browser, open the link it printed.")
            .ExecuteAsync(context).ConfigureAwait(false);
    }

    /// <summary>Signs a browser in: sets the cookie and leads to the page.</summary>
    public IResult SignIn(HttpContext context, string? token)
    {
        if (tokens is not null && (token is null || !AccessTokens.Same(tokens.Viewer, token)))
        {
            return Results.Problem(
                statusCode: StatusCodes.Status401Unauthorized, title: "Wrong token", detail: "Open the link that the server printed when it started.");
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

    private string? TokenFor(PathString path)
    {
        if (path.StartsWithSegments("/api/v1/pinglist") || path.StartsWithSegments("/api/v1/measurements")) return tokens!.Agent;
        return path.StartsWithSegments("/api") || path.StartsWithSegments("/openapi") || path.StartsWithSegments("/metrics") ? tokens!.Viewer : null;
    }

    private static bool IsGiven(HttpRequest request, string token)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && AccessTokens.Same(token, header[Bearer.Length..].Trim())) return true;
        return request.Cookies.TryGetValue(Cookie, out var cookie) && AccessTokens.Same(token, cookie);
    }
}
