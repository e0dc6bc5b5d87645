using System.Net;
using System.Net.Sockets;

namespace Pingmesh.Controller.Sources;

/// <summary>Reads IP addresses as they are meant.</summary>
internal static class AddressText
{
    /// <summary>Reads an address. The parser of .NET also takes 10.1, 0x0a.0.0.1, 010.0.0.1, [::1]:80 and zone ids; none of these is meant.</summary>
    public static bool TryParse(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!)
        && (address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString() == text
            : text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.'));
}
