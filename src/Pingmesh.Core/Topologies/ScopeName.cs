namespace Pingmesh.Core.Topologies;

/// <summary>The rule for names of hosts, pods, podsets and data centers.</summary>
public static class ScopeName
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 100;

    /// <summary>The rule in words, to end an error message with.</summary>
    public const string Rule = "1 to 100 characters, letters, digits, '-', '_', '.' and ':' only, the first one a letter or digit";

    /// <summary>Whether <paramref name="name"/> keeps <see cref="Rule"/>. '/' separates names in paths and is in none.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength
        && char.IsLetterOrDigit(name[0])
        && name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
}
