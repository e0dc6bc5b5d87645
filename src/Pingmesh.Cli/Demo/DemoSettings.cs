using Pingmesh.AgentCli.Running;

namespace Pingmesh.Cli.Demo;

/// <summary>The mesh that a demo runs, and how long.</summary>
internal sealed record DemoSettings
{
    public int Dcs { get; init; } = 2;

    /// <summary>Podsets in each data center.</summary>
    public int Podsets { get; init; } = 2;

    /// <summary>Pods in each podset.</summary>
    public int Pods { get; init; } = 2;

    /// <summary>Hosts in each pod.</summary>
    public int Hosts { get; init; } = 3;

    public int Port { get; init; } = Core.Ports.Server;

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Folder to keep; null for one that is removed at the end.</summary>
    public string? Data { get; init; }

    /// <summary>How long to run; null until stopped.</summary>
    public TimeSpan? Duration { get; init; }

    public int HostCount => Dcs * Podsets * Pods * Hosts;

    /// <summary>
    /// The topology: host h of pod p is 127.dc.p.h with p counted through the data center. All of 127.0.0.0/8 is
    /// this machine's, so every host has an address of its own without any set-up.
    /// </summary>
    public string ToTopologyYaml()
    {
        if (HostCount > 1_000) throw new UsageException($"a demo of {HostCount} hosts is more than one machine can show; 1000 are the most");
        if (Podsets * Pods > 254) throw new UsageException($"{Podsets * Pods} pods in a data center are more than there are addresses for; 254 are the most");
        return $$"""
            # Made by 'pingmesh demo'.
            dcs:
              - name: dc[1-{{Dcs}}]
                podsets:
                  - name: ps[1-{{Podsets}}]
                    pods:
                      - name: pod[1-{{Pods}}]
                        hosts:
                          - name: "{dc}-{podset}-{pod}-h[1-{{Hosts}}]"
                            address: "127.{dc.n}.{(podset.n-1)*{{Pods}}+pod.n}.{host.n}"

            """;
    }
}
