using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Pingmesh.Server.Access;

/// <summary>
/// The server's certificate, from PEM files that are read again when they change; a pair that does not fit, as in the middle of a
/// renewal, leaves the certificate before in use. Thread-safe.
/// </summary>
internal sealed partial class CertificateFiles : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    private readonly TlsFiles files;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private byte[] seen;
    private string problem = "";
    private volatile SslStreamCertificateContext current;

    /// <summary>Reads the files and begins to follow them.</summary>
    /// <exception cref="IOException">They cannot be read or hold no certificate with its key; says which.</exception>
    public CertificateFiles(TlsFiles files, TimeProvider time, ILogger logger)
    {
        this.files = files;
        this.logger = logger;
        ClientAuthority = files.ClientAuthority is { } path ? Authorities(path) : null;
        (seen, current) = Load();
        timer = time.CreateTimer(_ => LoadAgain(), null, Poll, Poll);
    }

    /// <summary>The certificate in use, with its chain.</summary>
    public SslStreamCertificateContext Current => current;

    /// <summary>Whose certificates of clients are good; null when none are asked for.</summary>
    public X509Certificate2Collection? ClientAuthority { get; }

    /// <summary>Whether a client's certificate is signed by <see cref="ClientAuthority"/> and valid now.</summary>
    public bool IsGood(X509Certificate2 client)
    {
        if (ClientAuthority is null) return false;
        using var chain = new X509Chain
        {
            ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        chain.ChainPolicy.CustomTrustStore.AddRange(ClientAuthority);
        return chain.Build(client);
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private static X509Certificate2Collection Authorities(string path)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(path);
            return authorities.Count > 0 ? authorities : throw new IOException($"{path} holds no certificate of an authority; give a PEM file");
        }
        catch (Exception error) when (error is CryptographicException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} cannot be used as the authority of clients: {error.Message}", error);
        }
    }

    private (byte[] Seen, SslStreamCertificateContext Context) Load()
    {
        try
        {
            byte[] content = [.. File.ReadAllBytes(files.Certificate), .. File.ReadAllBytes(files.Key)];
            var certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(files.Certificate);
            return (content, SslStreamCertificateContext.Create(certificate, chain, offline: true));
        }
        catch (Exception error) when (error is CryptographicException or UnauthorizedAccessException)
        {
            throw new IOException($"{files.Certificate} and {files.Key} cannot be used as certificate and key: {error.Message}", error);
        }
    }

    private void LoadAgain()
    {
        try
        {
            if (seen.AsSpan().SequenceEqual([.. File.ReadAllBytes(files.Certificate), .. File.ReadAllBytes(files.Key)])) return;
            (seen, current) = Load();
            problem = "";
            LogChanged(files.Certificate, current.TargetCertificate.NotAfter);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (problem != error.Message) LogRefused(error.Message);
            problem = error.Message;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "the certificate of {Path} is in use, good until {NotAfter}")]
    private partial void LogChanged(string path, DateTime notAfter);

    [LoggerMessage(Level = LogLevel.Error, Message = "the certificate before stays in use: {Problem}")]
    private partial void LogRefused(string problem);
}

/// <summary>Where a server's certificate is.</summary>
/// <param name="Certificate">PEM file of the certificate, with those between it and its authority.</param>
/// <param name="Key">PEM file of its key.</param>
/// <param name="ClientAuthority">PEM file of the authority of agents' certificates; null when none are asked for.</param>
public sealed record TlsFiles(string Certificate, string Key, string? ClientAuthority);
