using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pingmesh.Server.Access;

/// <summary>
/// Credentials of agents: each is good for one host and for some time. They are signed instead of kept, so that every copy of a
/// server that has the secret knows them; only those revoked are kept. Thread-safe.
/// </summary>
public sealed class AgentCredentials
{
    /// <summary>How long a credential is good for. Agents renew theirs when half of it has passed.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private const string Version = "pma1";

    private readonly byte[] secret;
    private readonly string path;
    private readonly TimeProvider time;
    private readonly Lock writing = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> revoked = new(StringComparer.Ordinal);

    /// <summary>Credentials signed by a secret.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="path">File of the revoked hosts.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The file cannot be read, or holds something else.</exception>
    public AgentCredentials(string secret, string path, TimeProvider time)
    {
        this.secret = Encoding.UTF8.GetBytes(secret);
        this.path = path;
        this.time = time;
        if (!File.Exists(path)) return;
        try
        {
            foreach (var (host, since) in JsonSerializer.Deserialize<Dictionary<string, DateTimeOffset>>(File.ReadAllText(path)) ?? []) revoked[host] = since;
        }
        catch (Exception error) when (error is JsonException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} does not hold revoked hosts ({error.Message}); correct it, or remove it to allow all again", error);
        }
    }

    /// <summary>Hosts that may not speak, with the time since when.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Revoked => revoked;

    /// <summary>A credential for a host; null when the host is revoked.</summary>
    public AgentCredential? Issue(string host)
    {
        if (revoked.ContainsKey(host)) return null;
        var expires = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        var body = string.Create(CultureInfo.InvariantCulture, $"{Version}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(host))}.{expires.ToUnixTimeSeconds()}");
        return new AgentCredential($"{body}.{Sign(body)}", expires);
    }

    /// <summary>The host that a credential is good for; null when it is none, has expired or is revoked.</summary>
    public string? HostOf(string credential)
    {
        var end = credential.LastIndexOf('.');
        if (end < 0 || !AccessTokens.Same(Sign(credential[..end]), credential[(end + 1)..])) return null;
        if (credential[..end].Split('.') is not [Version, var name, var seconds] || !long.TryParse(seconds, CultureInfo.InvariantCulture, out var expires)) return null;
        if (time.GetUtcNow().ToUnixTimeSeconds() >= expires) return null;
        var host = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(name));
        return revoked.ContainsKey(host) ? null : host;
    }

    /// <summary>Revokes a host: its credentials are good no more, and it gets no new one until it is allowed again.</summary>
    /// <exception cref="IOException">It cannot be kept, and is not in force.</exception>
    public void Revoke(string host)
    {
        lock (writing)
        {
            var since = revoked.TryGetValue(host, out var known) ? known : time.GetUtcNow();
            Write(new Dictionary<string, DateTimeOffset>(revoked, StringComparer.Ordinal) { [host] = since });
            revoked[host] = since;
        }
    }

    /// <summary>Allows a revoked host again. False: it was not revoked.</summary>
    /// <exception cref="IOException">It cannot be kept, and is not in force.</exception>
    public bool Allow(string host)
    {
        lock (writing)
        {
            var left = new Dictionary<string, DateTimeOffset>(revoked, StringComparer.Ordinal);
            if (!left.Remove(host)) return false;
            Write(left);
            return revoked.TryRemove(host, out _);
        }
    }

    private string Sign(string body) => Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(body)));

    private void Write(Dictionary<string, DateTimeOffset> hosts)
    {
        try
        {
            File.WriteAllText(path + ".tmp", JsonSerializer.Serialize(hosts));
            File.Move(path + ".tmp", path, overwrite: true);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{path}: {error.Message}", error);
        }
    }
}

/// <summary>A credential.</summary>
/// <param name="Credential">To be sent as a bearer token.</param>
/// <param name="Expires">Until when it is good.</param>
public sealed record AgentCredential(string Credential, DateTimeOffset Expires);
