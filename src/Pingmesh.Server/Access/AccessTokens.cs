using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pingmesh.Server.Access;

/// <summary>The two tokens of a server: one for agents, one for people and tools that read.</summary>
/// <param name="Agent">Fetches pinglists and uploads.</param>
/// <param name="Viewer">Reads everything else.</param>
public sealed record AccessTokens(string Agent, string Viewer)
{
    private const int Bytes = 24;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Reads the tokens of a data folder; makes them, readable by this user only, when there are none.</summary>
    /// <exception cref="IOException">The file cannot be read or written, or holds no tokens; says which and what helps.</exception>
    public static AccessTokens Open(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "tokens.json");
        try
        {
            if (File.Exists(path))
            {
                return JsonSerializer.Deserialize<AccessTokens>(File.ReadAllText(path), Json) is { Agent.Length: >= 16, Viewer.Length: >= 16 } tokens
                    ? tokens
                    : throw Unusable(path, null);
            }

            var made = new AccessTokens(NewToken(), NewToken());
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using var file = new StreamWriter(path, Encoding.UTF8, options);
            file.WriteLine(JsonSerializer.Serialize(made, Json));
            return made;
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

    private static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    private static IOException Unusable(string path, Exception? inner) =>
        new($"{path} does not hold two tokens of at least 16 characters, 'agent' and 'viewer'; correct it, or remove it to have new ones made", inner);
}
