using System.IO.Enumeration;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Services;

/// <summary>
/// Reads service files: under <c>services</c>, each service lists what it runs on: scopes (<c>dc1/ps2</c>,
/// <c>dc1/*/pod3</c>), labels (<c>role=search</c>), or hosts by name (<c>web-*</c>).
/// </summary>
public static class ServicesYaml
{
    /// <summary>Reads services. Never throws for what is in the text.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">The name that messages call the file by.</param>
    /// <returns>The rules, or null and what is wrong.</returns>
    public static (IReadOnlyList<ServiceRule>? Rules, IReadOnlyList<ConfigurationError> Errors) Read(string text, string file)
    {
        var yaml = StrictYaml.Parse(text, file);
        var rules = new List<ServiceRule>();
        foreach (var (name, value) in yaml.Root.Require("services")?.Entries() ?? [])
        {
            if (!ScopeName.IsValid(name)) value.Report($"'{name}' is no valid name: {ScopeName.Rule}");
            foreach (var member in value.List())
            {
                if (member.Text() is { } pattern && ReadMember(member, pattern) is { } holds) rules.Add(new ServiceRule(name, holds));
            }
        }

        var errors = yaml.Finish();
        return (errors.Count == 0 ? rules : null, errors);
    }

    private static Func<Host, bool>? ReadMember(YamlValue member, string pattern)
    {
        if (pattern.Contains('/', StringComparison.Ordinal) || pattern.Contains('=', StringComparison.Ordinal))
        {
            try
            {
                return ScopePattern.Parse(pattern).Holds;
            }
            catch (FormatException error)
            {
                member.Report(error.Message);
                return null;
            }
        }

        return host => host.Pod.Podset.Dc.Name == pattern || FileSystemName.MatchesSimpleExpression(pattern, host.Name, ignoreCase: false);
    }
}
