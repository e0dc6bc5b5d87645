using Microsoft.AspNetCore.Http;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Server.Access;

namespace Pingmesh.Server.Api;

/// <summary><c>/api/v1/paused</c>: the scopes that no probe leaves or enters; <c>PUT</c> and <c>DELETE</c> with a scope pause and resume it.</summary>
internal sealed class PausedEndpoint(PausedScopes paused)
{
    private const int MaxReason = 500;

    public IReadOnlyList<PausedScope> Get() => paused.Pauses;

    public IResult Put(string scope, string? reason, HttpContext context)
    {
        if (reason is { Length: > MaxReason } || reason?.Any(char.IsControl) == true)
            throw new BadRequestException($"the reason is longer than {MaxReason} characters or holds a control character; write one line");
        paused.Pause(Parse(scope), AccessControl.CallerOf(context).Name ?? "", reason ?? "");
        return Results.NoContent();
    }

    public IResult Delete(string scope, HttpContext context) => paused.Resume(Parse(scope), AccessControl.CallerOf(context).Name ?? "")
        ? Results.NoContent()
        : Results.Problem(
            statusCode: StatusCodes.Status404NotFound, title: "Not paused",
            detail: $"'{scope}' is not paused; {(paused.Pauses.Count == 0 ? "nothing is" : $"paused are {string.Join(", ", paused.Pauses.Select(pause => pause.Scope))}")}.");

    private static ScopePattern Parse(string scope)
    {
        try
        {
            return ScopePattern.Parse(scope);
        }
        catch (FormatException error)
        {
            throw new BadRequestException(error.Message);
        }
    }
}
