using Pingmesh.AgentCli.Running;

namespace Pingmesh.Cli.Demo;

/// <summary>Hosts that are loopback addresses: all of 127.0.0.0/8 is this machine's, so each has one of its own without any set-up.</summary>
/// <param name="settings">The demo.</param>
/// <param name="reason">Why it is not the lab.</param>
internal sealed class LoopbackNetwork(DemoSettings settings, string reason) : IDemoNetwork
{
    private string folder = "";

    public string Description => $"loopback addresses, each host at a 127.x.y.z of its own ({reason})";

    public IReadOnlyList<(string Heading, string Command)> Offers => [];

    public async Task<IReadOnlyList<string>> UpAsync(string folder)
    {
        this.folder = folder;
        var path = Path.Combine(folder, "topology.yaml");
        await File.WriteAllTextAsync(path, Topology());
        return ["--topology", path];
    }

    public Task<IReadOnlyList<(string Role, IReadOnlyList<string> Arguments)>> AgentCommandsAsync(IEnumerable<string> hosts) =>
        Task.FromResult<IReadOnlyList<(string Role, IReadOnlyList<string> Arguments)>>([("agents", ["agent", "--spool", Path.Combine(folder, "spool"), .. hosts.SelectMany(name => new[] { "--host", name })])]);

    public Task StartedAsync(int port, IReadOnlyList<(string Role, int Id, string Log)> processes) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Host h of pod p is 127.dc.p.h, with p counted through the data center.
    private string Topology()
    {
        if (settings.HostCount > 1_000) throw new UsageException($"a demo of {settings.HostCount} hosts is more than one machine can show; 1000 are the most");
        if (settings.Podsets * settings.Pods > 254) throw new UsageException($"{settings.Podsets * settings.Pods} pods in a data center are more than there are addresses for; 254 are the most");
        return $$"""
            # Made by 'pingmesh demo'.
            dcs:
              - name: dc[1-{{settings.Dcs}}]
                podsets:
                  - name: ps[1-{{settings.Podsets}}]
                    pods:
                      - name: pod[1-{{settings.Pods}}]
                        hosts:
                          - name: "{dc}-{podset}-{pod}-h[1-{{settings.Hosts}}]"
                            address: "127.{dc.n}.{(podset.n-1)*{{settings.Pods}}+pod.n}.{host.n}"

            """;
    }
}
