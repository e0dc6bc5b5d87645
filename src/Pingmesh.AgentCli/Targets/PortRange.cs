using Pingmesh.AgentCli.Running;

namespace Pingmesh.AgentCli.Targets;

/// <summary>Reads a port or a range of ports, such as <c>40000</c> or <c>40000-40099</c>.</summary>
internal static class PortRange
{
    /// <summary>First and last port; 0 and 0 where nothing was given.</summary>
    /// <exception cref="UsageException">It is no port and no range; says why.</exception>
    public static (int From, int To) Read(string? text, string flag)
    {
        if (text is null) return (0, 0);
        var parts = text.Split('-');
        if (parts.Length <= 2 && ushort.TryParse(parts[0], out var from) && ushort.TryParse(parts[^1], out var to) && from >= 1 && to >= from)
            return (from, to);
        throw new UsageException($"{flag}: '{text}' is no port or range of ports; write for example 40000 or 40000-40099");
    }
}
