namespace Pingmesh.Server.Api;

/// <summary>A request that cannot be answered as it is: HTTP 400. The message names the parameter and the remedy.</summary>
internal sealed class BadRequestException(string message) : Exception(message);
