using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>The signature of generic webhooks: the HMAC-SHA256 of time and body, so that a receiver can tell forged and repeated messages.</summary>
internal static class WebhookSignature
{
    /// <summary>The header.</summary>
    public const string Header = "Pingmesh-Signature";

    /// <summary>The header's value: <c>t=UNIX-SECONDS,v1=HEX</c>, where HEX is of <c>UNIX-SECONDS.BODY</c>.</summary>
    public static string Of(string secret, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.UTF8.GetBytes(seconds + "."));
        hash.AppendData(body);
        return $"t={seconds},v1={Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
