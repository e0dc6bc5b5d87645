using System.Collections.Concurrent;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.Agents;

/// <summary>
/// When each host's agent was last seen, and doing what. It knows only hosts of the topology, so that its size has a bound
/// whatever names are sent to it. Thread-safe.
/// </summary>
/// <param name="topology">The topology in force.</param>
/// <param name="time">Clock of what is recorded.</param>
public sealed class AgentRegistry(Func<Topology> topology, TimeProvider time)
{
    /// <summary>Time without a word after which an agent counts as silent: three requests for a pinglist are missing.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(90);

    private const int MaxVersionLength = 64;

    private readonly ConcurrentDictionary<string, AgentStatus> agents = new(StringComparer.Ordinal);

    /// <summary>Records that a host's agent fetched its pinglist, or was told that it has the current one. False: no such host.</summary>
    public bool RecordPinglistFetch(string host, string etag)
    {
        var now = time.GetUtcNow();
        return Record(host, status => status with { PinglistFetched = now, PinglistETag = etag });
    }

    /// <summary>Records an accepted upload. False: no such host.</summary>
    /// <param name="host">Name of the host.</param>
    /// <param name="epoch">Epoch of the batch.</param>
    /// <param name="sequence">Its number in the epoch; a batch of the same epoch that comes late does not set the number back.</param>
    /// <param name="agentVersion">The agent's version; cut at 64 characters.</param>
    /// <param name="lostBatches">Batches the epoch has lost.</param>
    /// <param name="lostProbes">Probes the epoch has lost.</param>
    /// <param name="noisyAt">Start of the newest window of the batch, Unix seconds, in which the host marked itself as in trouble; null for none.</param>
    /// <param name="noise">The trouble of that window.</param>
    /// <param name="clockBehind">By how much the agent's clock was behind this one; negative when it was ahead, null when it did not say.</param>
    public bool RecordUpload(
        string host, ulong epoch, ulong sequence, string agentVersion, ulong lostBatches, ulong lostProbes,
        long? noisyAt = null, HostNoise noise = HostNoise.None, TimeSpan? clockBehind = null)
    {
        var now = time.GetUtcNow();
        var version = agentVersion.Length <= MaxVersionLength ? agentVersion : agentVersion[..MaxVersionLength];
        return Record(host, status =>
        {
            status = status with { Uploaded = now, ClockBehind = clockBehind };
            if (noisyAt is not null && !(status.NoisyAt > noisyAt)) status = status with { NoisyAt = noisyAt, Noise = noise };
            return status.Epoch == epoch && status.Sequence > sequence
                ? status
                : status with { Epoch = epoch, Sequence = sequence, AgentVersion = version, LostBatches = lostBatches, LostProbes = lostProbes };
        });
    }

    /// <summary>Records by how much a host's clock was behind, of an upload that was refused for it. False: no such host.</summary>
    public bool RecordClock(string host, TimeSpan behind) => Record(host, status => status with { ClockBehind = behind });

    /// <summary>The agents that were seen and whose hosts are in the topology, in the topology's order.</summary>
    public IReadOnlyList<AgentStatus> Snapshot()
    {
        var seen = new List<AgentStatus>();
        foreach (var host in topology().Hosts)
        {
            if (agents.TryGetValue(host.Name, out var status)) seen.Add(status);
        }

        return seen;
    }

    /// <summary>Whether an agent has not been heard of for <see cref="SilentAfter"/>.</summary>
    public bool IsSilent(AgentStatus status)
    {
        var heard = status.Uploaded > status.PinglistFetched || status.PinglistFetched is null ? status.Uploaded : status.PinglistFetched;
        return time.GetUtcNow() - heard > SilentAfter;
    }

    private bool Record(string host, Func<AgentStatus, AgentStatus> change)
    {
        var now = topology();
        // The topology's own string, so that the caller's buffer is not kept.
        if (now.FindHost(host)?.Name is not { } name) return false;
        agents.AddOrUpdate(name, key => change(new AgentStatus(key)), (_, status) => change(status));
        if (agents.Count > now.Hosts.Count) ForgetHostsNotIn(now);
        return true;
    }

    private void ForgetHostsNotIn(Topology now)
    {
        foreach (var name in agents.Keys)
        {
            if (now.FindHost(name) is null) agents.TryRemove(name, out _);
        }
    }
}
