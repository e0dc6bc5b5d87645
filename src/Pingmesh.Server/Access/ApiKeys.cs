using System.Security.Cryptography;
using System.Text;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Server.Access;

/// <summary>
/// API keys of people and tools: a file with a line for each, <c>NAME ROLE SHA256</c>, where <c>#</c> begins a remark. The keys
/// themselves are nowhere but with their owners; they are long and random, so that a plain hash keeps them.
/// </summary>
public sealed class ApiKeys
{
    private static readonly Dictionary<string, Role> Roles = new() { ["viewer"] = Role.Viewer, ["operator"] = Role.Operator, ["admin"] = Role.Admin };

    private readonly Dictionary<string, Caller> callers;

    private ApiKeys(Dictionary<string, Caller> callers) => this.callers = callers;

    /// <summary>The words of the roles that a key can have.</summary>
    public static IReadOnlyCollection<string> RoleNames => Roles.Keys;

    /// <summary>Reads the keys. Never throws for what is in the text.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">The name that messages call it by.</param>
    public static (ApiKeys? Value, IReadOnlyList<ConfigurationError> Errors) Read(string text, string file)
    {
        var errors = new List<ConfigurationError>();
        var callers = new Dictionary<string, Caller>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var fields = line.Split('#')[0].Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0) continue;
            if (fields.Length != 3) Report("a line must hold NAME, ROLE and the key's SHA-256; 'pingmesh key new' writes one");
            else if (!Roles.TryGetValue(fields[1], out var role)) Report($"'{fields[1]}' is no role; use {string.Join(", ", Roles.Keys)}");
            else if (fields[2].Length != 64 || !fields[2].All(char.IsAsciiHexDigitLower)) Report("the key's SHA-256 must be 64 digits of 0-9 and a-f; 'pingmesh key new' writes one");
            else if (callers.Values.Any(caller => caller.Name == fields[0])) Report($"two keys are named '{fields[0]}'; rename one");
            else callers[fields[2]] = new Caller(role, fields[0]);
        }

        return errors.Count == 0 ? (new ApiKeys(callers), errors) : (null, errors);

        void Report(string message) => errors.Add(new ConfigurationError(file, number, 1, message));
    }

    /// <summary>The line of a new key.</summary>
    public static string LineOf(string name, string role, string key) => $"{name} {role} {HashOf(key)}";

    /// <summary>Whose key it is; null when it is nobody's.</summary>
    public Caller? Find(string key) => callers.TryGetValue(HashOf(key), out var caller) ? caller : null;

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
