namespace Pingmesh.AgentCli.Running;

/// <summary>A flag or an environment variable is wrong: exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>What was asked for cannot be done: exit code 1.</summary>
internal sealed class FailedException(string message) : Exception(message);
