using System.Globalization;
using System.Net;

namespace Pingmesh.Probing.Names;

/// <summary>How names are resolved (resolv.conf(5), hosts(5)).</summary>
public sealed record ResolverConfiguration
{
    /// <summary>Name servers, in the order they are asked.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [];

    /// <summary>Domains that a relative name is looked for in.</summary>
    public IReadOnlyList<string> Search { get; init; } = [];

    /// <summary>Dots from which on a name is first taken as absolute.</summary>
    public int Dots { get; init; } = 1;

    /// <summary>How long one server is waited for.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the servers are gone through.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Names of the hosts file.</summary>
    public ILookup<string, IPAddress> Hosts { get; init; } = Array.Empty<string>().ToLookup(name => name, _ => IPAddress.None);

    /// <summary>This machine's.</summary>
    public static ResolverConfiguration Read() => Parse(ReadLines("/etc/resolv.conf"), ReadLines("/etc/hosts"));

    /// <summary>What the lines of both files say. Lines that make no sense are passed over, as the C library does.</summary>
    public static ResolverConfiguration Parse(IEnumerable<string> resolvConf, IEnumerable<string> hosts)
    {
        var configuration = new ResolverConfiguration { Hosts = ParseHosts(hosts) };
        var servers = new List<IPEndPoint>();
        foreach (var line in resolvConf)
        {
            var words = line.Split(['#', ';'])[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var address, ..] when IPAddress.TryParse(address, out var parsed):
                    servers.Add(new IPEndPoint(parsed, 53));
                    break;
                case ["search" or "domain", .. var domains]:
                    configuration = configuration with { Search = domains };
                    break;
                case ["options", .. var options]:
                    configuration = options.Aggregate(configuration, (so, option) => so.With(option));
                    break;
            }
        }

        // As the C library: without a server, the local one.
        return configuration with { Servers = servers.Count > 0 ? servers : [new IPEndPoint(IPAddress.Loopback, 53)] };
    }

    private static ILookup<string, IPAddress> ParseHosts(IEnumerable<string> lines) => lines
        .Select(line => line.Split('#')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words.Length > 1 && IPAddress.TryParse(words[0], out _))
        .SelectMany(words => words.Skip(1), (words, name) => (Name: name, Address: IPAddress.Parse(words[0])))
        .ToLookup(entry => entry.Name, entry => entry.Address, StringComparer.OrdinalIgnoreCase);

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A machine without the file works by the defaults.
            return [];
        }
    }

    private ResolverConfiguration With(string option)
    {
        var parts = option.Split(':');
        if (parts.Length != 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return this;
        return parts[0] switch
        {
            "ndots" => this with { Dots = Math.Min(value, 15) },
            "timeout" => this with { Timeout = TimeSpan.FromSeconds(Math.Clamp(value, 1, 30)) },
            "attempts" => this with { Attempts = Math.Clamp(value, 1, 5) },
            _ => this,
        };
    }
}
