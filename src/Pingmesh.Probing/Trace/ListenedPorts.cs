using System.Globalization;

namespace Pingmesh.Probing.Trace;

/// <summary>The TCP ports that are listened at in the network namespace of the calling thread (proc_net_tcp, <c>/proc/thread-self/net/tcp</c>).</summary>
internal static class ListenedPorts
{
    private static readonly string[] Tables = ["/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"];

    /// <summary>Whether there is a listener at a port.</summary>
    public static bool Has(int port) => Tables.Any(table => Has(table, port));

    private static bool Has(string table, int port)
    {
        try
        {
            // "  0: 0100007F:E2F4 00000000:0000 0A ...": number, own address and port, the other's, state; 0A is LISTEN.
            return File.ReadLines(table).Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(fields => fields.Length > 3 && fields[3] == "0A"
                    && int.TryParse(fields[1].AsSpan(fields[1].LastIndexOf(':') + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var own) && own == port);
        }
        catch (IOException)
        {
            // No IPv6, or no /proc.
            return false;
        }
    }
}
