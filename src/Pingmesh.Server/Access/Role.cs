namespace Pingmesh.Server.Access;

/// <summary>What a caller may do. Of the people's roles each may do all that those before it may.</summary>
public enum Role
{
    /// <summary>Nothing that needs a name.</summary>
    None,

    /// <summary>Fetches its own pinglist and orders, uploads and reports for itself, and nothing else.</summary>
    Agent,

    /// <summary>Reads everything.</summary>
    Viewer,

    /// <summary>Pauses and resumes scopes, has agents test on demand.</summary>
    Operator,

    /// <summary>Revokes agents, reads the audit log.</summary>
    Admin,
}

/// <summary>Who sent a request.</summary>
/// <param name="Role">What the caller may do.</param>
/// <param name="Name">The caller's name; of an agent its host, or null when it may speak for any.</param>
public readonly record struct Caller(Role Role, string? Name);
