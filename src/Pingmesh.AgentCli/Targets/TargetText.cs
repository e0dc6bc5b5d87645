using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Pingmesh.AgentCli.Running;

namespace Pingmesh.AgentCli.Targets;

/// <summary>A target as it was written: a name or an address, maybe with a port, or a URL.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">Its port; null where none was written.</param>
/// <param name="Url">The URL it was part of; null for none.</param>
internal sealed record TargetText(string Host, int? Port = null, Uri? Url = null)
{
    /// <summary>Most targets of one run.</summary>
    public const int MaxTargets = 65_536;

    /// <summary>The targets of the command line and of a file, networks (10.0.0.0/24) unfolded.</summary>
    /// <param name="given">What was written on the command line.</param>
    /// <param name="file">A file with a target a line, <c>#</c> for comments; <c>-</c> for standard input; null for none.</param>
    /// <exception cref="UsageException">One of them is no target; says which and why.</exception>
    /// <exception cref="FailedException">The file cannot be read.</exception>
    public static IReadOnlyList<TargetText> ReadAll(IEnumerable<string> given, string? file)
    {
        var targets = new List<TargetText>();
        foreach (var text in given) Add(targets, text, null);
        if (file is null) return targets;
        var number = 0;
        foreach (var line in Lines(file))
        {
            number++;
            var text = line.Split('#')[0].Trim();
            if (text.Length > 0) Add(targets, text, $"{file}:{number}: ");
        }

        return targets;
    }

    private static string[] Lines(string file)
    {
        try
        {
            return file == "-" ? Console.In.ReadToEnd().Split('\n') : File.ReadAllLines(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"the file of targets {file} cannot be read: {error.Message}");
        }
    }

    private static void Add(List<TargetText> to, string text, string? place)
    {
        if (text.Contains("://", StringComparison.Ordinal)) to.Add(OfUrl(text, place));
        else if (text.Contains('/', StringComparison.Ordinal)) to.AddRange(OfNetwork(text, place));
        else to.Add(OfHost(text, place));
        if (to.Count > MaxTargets) throw new UsageException($"{place}more than {MaxTargets} targets; split them over several runs");
    }

    private static TargetText OfUrl(string text, string? place) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
            ? new TargetText(url.Host.Trim('[', ']'), url.Port, url)
            : throw new UsageException($"{place}'{text}' is no URL; write for example https://example.com/health");

    private static IEnumerable<TargetText> OfNetwork(string text, string? place)
    {
        if (!IPNetwork.TryParse(text, out var network))
        {
            throw new UsageException($"{place}'{text}' is no network; write for example 10.0.0.0/24");
        }

        var bits = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var hostBits = bits - network.PrefixLength;
        if (hostBits > 16) throw new UsageException($"{place}'{text}' holds more than {MaxTargets} addresses; take a longer prefix");
        var first = new BigInteger(network.BaseAddress.GetAddressBytes(), isUnsigned: true, isBigEndian: true);
        var count = 1 << hostBits;

        // Of an IPv4 network that has them, the network's own and the broadcast address are no hosts.
        var (from, to) = bits == 32 && hostBits >= 2 ? (1, count - 1) : (0, count);
        return Enumerable.Range(from, to - from).Select(i => new TargetText(AddressOf(first + i, bits / 8).ToString()));
    }

    private static IPAddress AddressOf(BigInteger number, int length)
    {
        var bytes = new byte[length];
        var digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(bytes, length - digits.Length);
        return new IPAddress(bytes);
    }

    private static TargetText OfHost(string text, string? place)
    {
        // The platform reads "[fd00::7]:443" as an address, and forgets the port.
        if (!text.StartsWith('[') && IPAddress.TryParse(text, out var address) && !LooksLikeShortIPv4(text, address)) return new TargetText(address.ToString());
        var colon = text.LastIndexOf(':');
        var (host, port) = colon < 0 ? (text, null) : (text[..colon].Trim('[', ']'), text[(colon + 1)..]);
        if (port is not null && (!ushort.TryParse(port, out var number) || number == 0))
            throw new UsageException($"{place}'{port}' in '{text}' is no port; it goes from 1 to 65535");
        var valid = IPAddress.TryParse(host, out var literal) ? !LooksLikeShortIPv4(host, literal) : IsName(host);
        if (!valid && place is null && text.StartsWith('-')) throw new UsageException($"unknown flag '{text}'; --help lists those there are");
        if (!valid) throw new UsageException($"{place}'{text}' is no target; write an address, a name, HOST:PORT, a network such as 10.0.0.0/24 or a URL");
        return new TargetText(host, port is null ? null : int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    }

    // "10.1" is taken for 10.0.0.1 by old rules; today it is a mistake.
    private static bool LooksLikeShortIPv4(string text, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && text.Count(letter => letter == '.') != 3;

    private static bool IsName(string host) =>
        Uri.CheckHostName(host) == UriHostNameType.Dns && !host.All(letter => char.IsAsciiDigit(letter) || letter == '.');
}
