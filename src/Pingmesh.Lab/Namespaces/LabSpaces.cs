using Pingmesh.Lab.Fabrics;
using Pingmesh.Probing;

namespace Pingmesh.Lab.Namespaces;

/// <summary>
/// The network namespaces of one lab, one a node, named <c>pml-LAB:NODE</c> as <c>ip netns</c> shows them. All interfaces
/// are inside of them: nothing else on the machine is touched.
/// </summary>
internal sealed class LabSpaces(string lab)
{
    private const string Folder = "/run/netns";

    // No name of a lab holds a colon: of lab 'a' nothing is of lab 'a-b'.
    private readonly string prefix = $"pml-{lab}:";

    /// <summary>Name of a node's namespace.</summary>
    public string NameOf(FabricNode node) => prefix + node.Name;

    /// <summary>File of a node's namespace.</summary>
    public string PathOf(FabricNode node) => Path.Combine(Folder, NameOf(node));

    /// <summary>The same for an agent's <c>--netns</c>, with {host} for the host.</summary>
    public string Template => Path.Combine(Folder, prefix + "{host}");

    /// <summary>The namespaces that are there, of this lab as it is or of a crashed one.</summary>
    public List<string> Existing() =>
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder, prefix + "*").Select(path => Path.GetFileName(path))] : [];

    /// <summary>Makes the namespaces of nodes.</summary>
    public void Add(IEnumerable<FabricNode> nodes) =>
        // ip goes back to where it came from after each, which a user may do only into a namespace of the user's own.
        Tool.Run("unshare", ["--net", "--", "ip", "-batch", "-"], string.Concat(nodes.Select(node => $"netns add {NameOf(node)}\n")));

    /// <summary>Removes all namespaces of this lab, and with them their interfaces, rules and routes.</summary>
    public void RemoveAll()
    {
        var existing = Existing();
        if (existing.Count > 0) Tool.Run("ip", ["-force", "-batch", "-"], string.Concat(existing.Select(name => $"netns del {name}\n")));
    }

    /// <summary>Runs lines of <c>ip</c> in a node's namespace.</summary>
    public void Ip(FabricNode node, IEnumerable<string> lines, bool force = false)
    {
        var input = string.Concat(lines.Select(line => line + "\n"));
        if (input.Length == 0) return;
        string[] arguments = ["-n", NameOf(node), .. force ? (string[])["-force"] : [], "-batch", "-"];
        if (force) Tool.Try("ip", arguments, input);
        else Tool.Run("ip", arguments, input);
    }

    /// <summary>Loads nft rules in a node's namespace.</summary>
    public void Nft(FabricNode node, string rules) => Tool.Run("ip", ["netns", "exec", NameOf(node), "nft", "-f", "-"], rules);

    /// <summary>Runs a program in a node's namespace.</summary>
    public (int Code, string Output, string Errors) TryExec(FabricNode node, params string[] command) =>
        Tool.Try("ip", ["netns", "exec", NameOf(node), .. command]);

    /// <summary>Whether a link of a node is meant to be up, and its other end too, and the kernel does not say that it is.</summary>
    public bool HasUnsettledLinks(FabricNode node)
    {
        var (_, output, _) = Tool.Try("ip", ["-n", NameOf(node), "-o", "link", "show", "up"]);
        return output.Split('\n').Any(line => line.Contains("LOWER_UP", StringComparison.Ordinal) && !line.Contains("LOOPBACK", StringComparison.Ordinal) && !line.Contains("state UP", StringComparison.Ordinal));
    }

    /// <summary>Sets kernel settings (sysctl) in a node's namespace; those that a kernel does not have are left out where they may be.</summary>
    public void Set(FabricNode node, IEnumerable<KernelSetting> settings)
    {
        using var space = NetworkSpace.Open(PathOf(node));
        space.Run(() =>
        {
            foreach (var (name, value, isOptional) in settings)
            {
                var path = $"/proc/sys/net/{name}";
                if (isOptional && !File.Exists(path)) continue;
                try
                {
                    File.WriteAllText(path, value);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    if (!isOptional) throw new LabException($"{path} cannot be set to {value} in {node}: {error.Message}", error);
                }
            }

            return true;
        });
    }
}

/// <summary>A kernel setting below /proc/sys/net.</summary>
internal sealed record KernelSetting(string Name, string Value, bool IsOptional = false);
