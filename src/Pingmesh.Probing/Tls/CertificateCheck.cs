using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pingmesh.Core.Pinglists;
using Pingmesh.Probing.Streams;

namespace Pingmesh.Probing.Tls;

/// <summary>How a TLS layer is set up for a check, and what it tells of the peer's certificate.</summary>
internal sealed class CertificateCheck
{
    private readonly TlsCheck check;
    private readonly X509Certificate2Collection? authorities;

    /// <exception cref="FormatException">The check is impossible; says which field.</exception>
    public CertificateCheck(TlsCheck? check)
    {
        this.check = check ?? new TlsCheck();
        if (this.check.MinDaysLeft is < 0 or > 3_650) throw new FormatException($"tls.min_days_left: {this.check.MinDaysLeft}; it goes from 0 to 3650");
        if (this.check.Authorities is not { } path) return;
        try
        {
            authorities = [];
            authorities.ImportFromPemFile(path);
            if (authorities.Count == 0) throw new FormatException($"tls.authorities: {path} holds no certificate");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new FormatException($"tls.authorities: {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The name asked for.</summary>
    public string NameFor(PlatformTarget target) => check.ServerName ?? target.Name;

    /// <summary>Options of one connection, whose certificate's facts and faults go to the probe.</summary>
    public SslClientAuthenticationOptions Options(PlatformTarget target, PlatformProbe probe)
    {
        var name = NameFor(target);
        var options = new SslClientAuthenticationOptions
        {
            // An address is no SNI (RFC 6066, 3), but is what the certificate must be for.
            TargetHost = name,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => Accept(probe, certificate as X509Certificate2, errors, name),
        };
        if (authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }

    private bool Accept(PlatformProbe probe, X509Certificate2? certificate, SslPolicyErrors errors, string name)
    {
        if (certificate is null)
        {
            probe.CertificateProblem = "the peer has no certificate";
            return false;
        }

        var end = certificate.NotAfter.ToUniversalTime();
        var days = (int)Math.Floor((end - DateTime.UtcNow).TotalDays);
        probe.Fact("certificate_subject", certificate.Subject);
        probe.Fact("certificate_not_after", end.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        probe.Fact("certificate_days_left", days);
        probe.CertificateProblem = Problem(certificate, errors, name, days);
        return probe.CertificateProblem is null;
    }

    private string? Problem(X509Certificate2 certificate, SslPolicyErrors errors, string name, int days)
    {
        if (check.Verify)
        {
            if (certificate.NotAfter.ToUniversalTime() < DateTime.UtcNow) return $"the certificate has expired {-days} days ago";
            if (certificate.NotBefore.ToUniversalTime() > DateTime.UtcNow) return "the certificate is not valid yet";
            if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) return $"the certificate is not for '{name}'";
            if (errors != SslPolicyErrors.None) return "the certificate is not signed by a trusted authority";
        }

        return check.MinDaysLeft > 0 && days < check.MinDaysLeft
            ? $"the certificate expires in {days} days; at least {check.MinDaysLeft} are wanted"
            : null;
    }
}
