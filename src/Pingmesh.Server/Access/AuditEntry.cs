namespace Pingmesh.Server.Access;

/// <summary>Somebody who does something that is to be remembered.</summary>
/// <param name="Name">The name of the API key, of the proxy's user, or of the server's own token.</param>
/// <param name="Role">The role.</param>
/// <param name="Address">Where the request came from; empty where it is not known.</param>
public sealed record Actor(string Name, string Role, string Address);

/// <summary>One line of the audit log.</summary>
/// <param name="Id">Unique.</param>
/// <param name="At">When.</param>
/// <param name="Who">Who did it.</param>
/// <param name="Action">What, in a word or two, such as <c>test</c>.</param>
/// <param name="Detail">What exactly, in a line.</param>
public sealed record AuditEntry(string Id, DateTimeOffset At, Actor Who, string Action, string Detail);
