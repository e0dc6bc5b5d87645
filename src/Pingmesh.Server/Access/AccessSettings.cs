namespace Pingmesh.Server.Access;

/// <summary>What a server that others can reach knows callers by.</summary>
/// <param name="Tokens">The server's own tokens.</param>
/// <param name="Credentials">Credentials of agents.</param>
/// <param name="Keys">API keys of the moment; null for none.</param>
/// <param name="Proxy">A proxy whose word counts; null for none.</param>
public sealed record AccessSettings(AccessTokens Tokens, AgentCredentials Credentials, Func<ApiKeys?> Keys, TrustedProxy? Proxy);
