using System.Net;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>Reads targets: an address, a name, HOST:PORT or a URL, alone or under <c>address</c> beside a <c>name</c>.</summary>
internal static class StaticTargetReader
{
    /// <summary>The target; null when it is none, which is reported.</summary>
    public static StaticTarget? Read(YamlValue value)
    {
        if (!value.IsMapping) return Parse(value, null);
        if (value.Mapping() is not { } mapping) return null;
        var name = mapping.Find("name")?.Text();
        return mapping.Require("address") is { } address ? Parse(address, name) : null;
    }

    private static StaticTarget? Parse(YamlValue value, string? name)
    {
        if (value.Text() is not { } text) return null;
        if (text.Contains("://", StringComparison.Ordinal))
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0)
                return new StaticTarget(name ?? text, url.Host.Trim('[', ']'), url.Port, url.PathAndQuery, url.Scheme == "https");
            value.Report($"'{text}' is no URL; write for example https://example.com/health");
            return null;
        }

        // The platform reads "[fd00::7]:443" as an address, and forgets the port.
        if (!text.StartsWith('[') && IPAddress.TryParse(text, out var address)) return new StaticTarget(name ?? text, address.ToString());
        var colon = text.LastIndexOf(':');
        var (host, port) = colon < 0 ? (text, "0") : (text[..colon].Trim('[', ']'), text[(colon + 1)..]);
        if (ushort.TryParse(port, out var number) && (number > 0 || colon < 0) && (IPAddress.TryParse(host, out _) || Uri.CheckHostName(host) == UriHostNameType.Dns))
            return new StaticTarget(name ?? text, host, number);
        value.Report($"'{text}' is no target; write an address, a name, HOST:PORT or a URL");
        return null;
    }
}
