namespace Pingmesh.Analysis.Selections;

/// <summary>What a subject names.</summary>
public enum SubjectKind
{
    /// <summary>Everything.</summary>
    All,

    /// <summary>A host, a data center, a podset or a pod; which one, the topology tells.</summary>
    Scope,

    /// <summary>A service.</summary>
    Service,

    /// <summary>Some hosts.</summary>
    Hosts,
}

/// <summary>Whose probes are meant.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Name">The name, or of hosts their names joined by <c>+</c>; empty for everything.</param>
public sealed record Subject(SubjectKind Kind, string Name)
{
    private const string ServicePrefix = "service:";
    private const char HostSeparator = '+';

    /// <summary>Everything.</summary>
    public static Subject All { get; } = new(SubjectKind.All, "");

    /// <summary>Reads a subject.</summary>
    /// <exception cref="FormatException">It is none; says what helps.</exception>
    public static Subject Parse(string text)
    {
        if (text is "all" or "*") return All;
        if (text.StartsWith(ServicePrefix, StringComparison.Ordinal) && text.Length > ServicePrefix.Length)
            return new Subject(SubjectKind.Service, text[ServicePrefix.Length..]);
        if (text.Contains(HostSeparator, StringComparison.Ordinal)) return new Subject(SubjectKind.Hosts, text);
        return text.Length > 0 && !text.Any(char.IsWhiteSpace) && text.Count(c => c == '/') <= 2
            ? new Subject(SubjectKind.Scope, text)
            : throw new FormatException($"'{text}' is no scope; write for example all, dc1, dc1/ps1, dc1/ps1/pod1, a host's name, host1+host2 or service:search");
    }

    /// <summary>The names, of <see cref="SubjectKind.Hosts"/>.</summary>
    public IReadOnlyList<string> HostNames => Name.Split(HostSeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        SubjectKind.All => "all",
        SubjectKind.Service => ServicePrefix + Name,
        _ => Name,
    };
}

/// <summary>There is no scope or service of that name; the message says what there is.</summary>
public sealed class UnknownSubjectException(string message) : Exception(message);
