using Pingmesh.Probing;

namespace Pingmesh.AgentCli.Running;

/// <summary>The network namespaces of a process's hosts, where they have any.</summary>
/// <param name="template">Path of a host's namespace, with <c>{host}</c> for its name; null for none.</param>
internal sealed class NetworkSpaces(string? template) : IDisposable
{
    private readonly Dictionary<string, NetworkSpace> opened = new(StringComparer.Ordinal);

    /// <summary>The namespace of a host; null when there are none.</summary>
    /// <exception cref="IOException">It cannot be entered; says why.</exception>
    public NetworkSpace? Open(string host)
    {
        if (template is null) return null;
        var path = template.Replace("{host}", host, StringComparison.Ordinal);
        if (!opened.TryGetValue(path, out var space)) opened[path] = space = NetworkSpace.Open(path);
        return space;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var space in opened.Values) space.Dispose();
    }
}
