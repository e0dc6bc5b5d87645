using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;

namespace Pingmesh.Lab.Labs;

/// <summary>
/// The agents of a lab, many in a process, each in its host's namespace. A process follows a file that names its hosts: who is
/// cut off, or has no power, is not in it and speaks to no server.
/// </summary>
internal sealed class LabAgents(Fabric fabric, string folder)
{
    // The agents of so many hosts share a process: lighter than a process each, and still more than one where there are many.
    private const int HostsInProcess = 64;

    /// <summary>The command lines, without the server's address: one a process.</summary>
    /// <param name="namespaces">Path of a host's namespace, with {host} for its name.</param>
    public IReadOnlyList<(string Role, IReadOnlyList<string> Arguments)> Commands(string namespaces) =>
    [
        .. Files().Select((file, i) => ($"agents-{i + 1}", (IReadOnlyList<string>)
        [
            "agent", "--hosts-file", file.Path, "--netns", namespaces, "--spool", Path.Combine(folder, "spool", $"agents-{i + 1}"), "--cpu-budget", "100", "--memory-budget-mb", "4096",
        ])),
    ];

    /// <summary>Writes the files anew where faults let other hosts speak than before.</summary>
    public void Follow(IReadOnlyList<Fault> faults)
    {
        var cutOff = LabFaults.CutOff(fabric, faults);
        foreach (var (path, hosts) in Files())
        {
            var text = string.Concat(hosts.Where(host => !cutOff.Contains(host)).Select(host => host.Name + "\n"));
            if (File.Exists(path) && File.ReadAllText(path) == text) continue;
            File.WriteAllText(path + ".new", text);
            File.Move(path + ".new", path, overwrite: true);
        }
    }

    private IEnumerable<(string Path, FabricNode[] Hosts)> Files() =>
        fabric.Hosts.Chunk(HostsInProcess).Select((hosts, i) => (Path.Combine(folder, $"agents-{i + 1}.hosts"), hosts));
}
