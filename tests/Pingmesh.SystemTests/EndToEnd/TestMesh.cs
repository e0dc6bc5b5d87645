using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Agent;
using Pingmesh.Core.Probes;

namespace Pingmesh.SystemTests.EndToEnd;

/// <summary>
/// A small mesh: a real server process, and agents in this process so that a test can read their counters and stop
/// them one by one. Host h of pod p of dc d is 127.(100+d).p.h.
/// </summary>
internal sealed class TestMesh : IAsyncDisposable
{
    private readonly Dictionary<string, RunningAgent> agents = [];
    private readonly string? token;

    public TestMesh(int dcs, int podsets, int pods, int hosts, string address = "127.0.0.1", string? token = null)
    {
        this.token = token;
        Server = new ServerProcess(Topology(dcs, podsets, pods, hosts), address);
        for (var d = 1; d <= dcs; d++)
        {
            for (var s = 1; s <= podsets; s++)
            {
                for (var p = 1; p <= pods; p++)
                {
                    for (var h = 1; h <= hosts; h++) Hosts.Add($"dc{d}-ps{s}-pod{p}-h{h}");
                }
            }
        }
    }

    public ServerProcess Server { get; }

    public List<string> Hosts { get; } = [];

    /// <summary>Probes of all agents, those that were stopped included.</summary>
    public long Probes => agents.Values.Sum(agent => Enum.GetValues<ProbeClass>().Sum(agent.Agent.Counters.Probes));

    public Agent.Agent Agent(string host) => agents[host].Agent;

    public static string Topology(int dcs, int podsets, int pods, int hosts) => $$"""
        dcs:
          - name: dc[1-{{dcs}}]
            podsets:
              - name: ps[1-{{podsets}}]
                pods:
                  - name: pod[1-{{pods}}]
                    hosts:
                      - name: "{dc}-{podset}-{pod}-h[1-{{hosts}}]"
                        address: "127.{100+dc.n}.{(podset.n-1)*{{pods}}+pod.n}.{host.n}"
        """;

    public void StartAgents(TimeSpan? sync = null)
    {
        foreach (var host in Hosts) StartAgent(host, sync);
    }

    public void StartAgent(string host, TimeSpan? sync = null)
    {
        var settings = new AgentSettings
        {
            Host = host,
            Server = Server.Url,
            Token = token,
            SpoolFolder = Path.Combine(Server.Folder, "spool", host),
            AnswerAtPinglistAddresses = true,
            MetricsPort = 0,
            QosResponderPort = 0,
            Limits = () => AgentLimits.Default with { CpuBudget = 100, MemoryBudget = long.MaxValue },
            SyncInterval = sync ?? TimeSpan.FromSeconds(2),
            UploadInterval = TimeSpan.FromSeconds(2),
        };
        var agent = new Agent.Agent(settings, NullLoggerFactory.Instance, TimeProvider.System);
        var stop = new CancellationTokenSource();
        agents[host] = new RunningAgent(agent, agent.RunAsync(stop.Token), stop);
    }

    /// <summary>Stops agents as SIGTERM does: they upload what they have.</summary>
    public async Task StopAgentsAsync(Func<string, bool> which)
    {
        var stopping = agents.Where(entry => which(entry.Key)).Select(entry => entry.Value).ToList();
        foreach (var agent in stopping) await agent.Stop.CancelAsync();
        await Task.WhenAll(stopping.Select(agent => agent.Running));
        foreach (var agent in stopping) agent.Agent.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in agents.Values)
        {
            await agent.Stop.CancelAsync();
            await agent.Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            agent.Agent.Dispose();
            agent.Stop.Dispose();
        }

        await Server.DisposeAsync();
    }

    private sealed record RunningAgent(Agent.Agent Agent, Task Running, CancellationTokenSource Stop);
}
