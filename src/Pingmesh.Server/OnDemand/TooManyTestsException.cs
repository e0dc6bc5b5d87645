namespace Pingmesh.Server.OnDemand;

/// <summary>More tests are asked for than are run at a time; the message says how many are.</summary>
/// <param name="message">What there is too much of.</param>
/// <param name="wait">After how long to ask again.</param>
internal sealed class TooManyTestsException(string message, TimeSpan wait) : Exception(message)
{
    /// <summary>After how long to ask again.</summary>
    public TimeSpan Wait => wait;
}
