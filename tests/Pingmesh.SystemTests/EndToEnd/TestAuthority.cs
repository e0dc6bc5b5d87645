using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pingmesh.SystemTests.EndToEnd;

/// <summary>An authority that signs certificates into PEM files.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;
    private readonly string folder;

    public TestAuthority(string folder, string name)
    {
        this.folder = folder;
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        Pem = Path.Combine(folder, $"{name}.pem");
        File.WriteAllText(Pem, certificate.ExportCertificatePem());
    }

    /// <summary>File of the authority's own certificate.</summary>
    public string Pem { get; }

    /// <summary>Signs a certificate for a name; its files.</summary>
    public (string Certificate, string Key) Sign(string name, string file)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(certificate, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(5), RandomNumberGenerator.GetBytes(8));
        var (pem, keyPem) = (Path.Combine(folder, $"{file}.crt"), Path.Combine(folder, $"{file}.key"));
        File.WriteAllText(keyPem, own.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(pem, signed.ExportCertificatePem());
        return (pem, keyPem);
    }

    public void Dispose()
    {
        key.Dispose();
        certificate.Dispose();
    }
}
