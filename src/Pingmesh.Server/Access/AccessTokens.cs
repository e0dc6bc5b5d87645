using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pingmesh.Server.Access;

/// <summary>The tokens of a server.</summary>
/// <param name="Agent">Enrols agents: exchanges a host's name for a credential that is good for that host only.</param>
/// <param name="Viewer">Reads everything.</param>
/// <param name="Admin">May do everything.</param>
/// <param name="Secret">Signs agents' credentials; the same on all copies of a server.</param>
public sealed record AccessTokens(string Agent, string Viewer, string Admin, string Secret)
{
    private const int Bytes = 24;
    private const int ShortestToken = 16;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Reads the tokens of a data folder; makes those that are missing, readable by this user only.</summary>
    /// <exception cref="IOException">The file cannot be read or written, or holds no tokens; says which and what helps.</exception>
    public static AccessTokens Open(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "tokens.json");
        try
        {
            var kept = File.Exists(path) ? JsonSerializer.Deserialize<Kept>(File.ReadAllText(path), Json) ?? throw Unusable(path, null) : new Kept(null, null, null, null);
            if (new[] { kept.Agent, kept.Viewer, kept.Admin, kept.Secret }.Any(token => token is { Length: < ShortestToken })) throw Unusable(path, null);
            var tokens = new AccessTokens(kept.Agent ?? NewToken(), kept.Viewer ?? NewToken(), kept.Admin ?? NewToken(), kept.Secret ?? NewToken());
            if (kept != new Kept(tokens.Agent, tokens.Viewer, tokens.Admin, tokens.Secret)) Write(path, tokens);
            return tokens;
        }
        catch (JsonException error)
        {
            throw Unusable(path, error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{path}: {error.Message}; run as the user that owns the folder, or choose another with --data", error);
        }
    }

    /// <summary>Whether <paramref name="given"/> is <paramref name="token"/>, in a time that tells nothing.</summary>
    public static bool Same(string token, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(given));

    /// <summary>A token that nobody can guess.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    private static void Write(string path, AccessTokens tokens)
    {
        var temporary = path + ".tmp";
        File.Delete(temporary);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new StreamWriter(temporary, Encoding.UTF8, options)) file.WriteLine(JsonSerializer.Serialize(tokens, Json));
        File.Move(temporary, path, overwrite: true);
    }

    private static IOException Unusable(string path, Exception? inner) =>
        new($"{path} does not hold tokens of at least {ShortestToken} characters, 'agent', 'viewer', 'admin' and 'secret'; correct it, or remove it to have new ones made", inner);

    private sealed record Kept(string? Agent, string? Viewer, string? Admin, string? Secret);
}
