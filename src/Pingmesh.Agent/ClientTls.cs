using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pingmesh.Agent;

/// <summary>How a client trusts a server, and what it shows of itself.</summary>
public static class ClientTls
{
    /// <summary>Options that trust the authorities of a file only, and show a certificate.</summary>
    /// <param name="authority">PEM file of authorities; null for the system's.</param>
    /// <param name="own">PEM files of certificate and key to show; null for none.</param>
    /// <exception cref="IOException">A file cannot be read or holds something else; says which.</exception>
    public static SslClientAuthenticationOptions Options(string? authority, (string Certificate, string Key)? own)
    {
        var options = new SslClientAuthenticationOptions();
        try
        {
            if (authority is not null)
            {
                options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                options.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
                if (options.CertificateChainPolicy.CustomTrustStore.Count == 0) throw new IOException($"{authority} holds no certificate of an authority; give a PEM file");
            }

            if (own is { } files) options.ClientCertificates = [X509Certificate2.CreateFromPemFile(files.Certificate, files.Key)];
            return options;
        }
        catch (Exception error) when (error is CryptographicException or UnauthorizedAccessException)
        {
            throw new IOException($"{authority} {own?.Certificate} cannot be used for TLS: {error.Message}", error);
        }
    }
}
