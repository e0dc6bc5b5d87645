namespace Pingmesh.Probing.Dns;

/// <summary>Types of records and response codes (RFC 1035, RFC 3596, RFC 2782, RFC 6895), by name and number.</summary>
public static class DnsTypes
{
    internal const ushort A = 1;
    internal const ushort Ns = 2;
    internal const ushort Cname = 5;
    internal const ushort Soa = 6;
    internal const ushort Ptr = 12;
    internal const ushort Mx = 15;
    internal const ushort Txt = 16;
    internal const ushort Aaaa = 28;
    internal const ushort Srv = 33;

    internal const int NoError = 0;
    internal const int NoSuchName = 3;

    private static readonly Dictionary<string, ushort> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["A"] = A, ["NS"] = Ns, ["CNAME"] = Cname, ["SOA"] = Soa, ["PTR"] = Ptr, ["MX"] = Mx, ["TXT"] = Txt, ["AAAA"] = Aaaa, ["SRV"] = Srv,
    };

    private static readonly string[] ResponseCodes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

    /// <summary>The names of the types that can be asked for.</summary>
    public static IReadOnlyCollection<string> Names => Types.Keys;

    /// <summary>The number of a type; null for an unknown one.</summary>
    public static ushort? FindType(string name) => Types.TryGetValue(name, out var type) ? type : null;

    /// <summary>The number of a response code; null for an unknown one.</summary>
    public static int? FindResponseCode(string name) =>
        Array.FindIndex(ResponseCodes, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var code ? code : null;

    /// <summary>The name of a response code.</summary>
    public static string ResponseCodeName(int code) => code < ResponseCodes.Length ? ResponseCodes[code] : $"RCODE{code}";
}
