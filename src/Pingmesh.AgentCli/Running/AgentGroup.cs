using System.Runtime.ExceptionServices;

namespace Pingmesh.AgentCli.Running;

/// <summary>The agents of one process, each for a host of its own. Agents can join and leave while the others run.</summary>
/// <param name="make">Makes the agent of a host.</param>
internal sealed class AgentGroup(Func<string, Agent.Agent> make) : IDisposable
{
    // How long the agents that start together wait for each other: one whose pinglist cannot be had must not hold up the rest.
    private static readonly TimeSpan StartTogether = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Member> members = new(StringComparer.Ordinal);

    /// <summary>Hosts that are spoken for.</summary>
    public int Count => members.Count;

    /// <summary>Speaks for exactly these hosts from now on: starts the agents of those that are new, stops those of others. One call at a time.</summary>
    public async Task FollowAsync(IReadOnlyCollection<string> hosts, CancellationToken cancel)
    {
        foreach (var gone in members.Keys.Except(hosts).ToList())
        {
            members.Remove(gone, out var member);
            await member!.StopAsync();
        }

        var started = new List<(string Host, Agent.Agent Agent)>();
        try
        {
            foreach (var host in hosts.Where(host => !members.ContainsKey(host))) started.Add((host, make(host)));
        }
        catch
        {
            foreach (var (_, agent) in started) agent.Dispose();
            throw;
        }

        // They are often each other's peers: none is to be found dead because it is not up yet.
        var answering = started.Count + members.Count == 1
            ? Task.CompletedTask
            : Task.WhenAny(Task.WhenAll(started.Select(one => one.Agent.Answering)), Task.Delay(StartTogether, cancel));
        foreach (var (host, agent) in started) members[host] = new Member(agent, answering, cancel);
    }

    /// <summary>Completes when an agent has ended by itself, with its error.</summary>
    public async Task FailedAsync(CancellationToken cancel)
    {
        var running = members.Values.Select(member => member.Running).ToList();
        var waiting = Task.Delay(Timeout.Infinite, cancel);
        var ended = await Task.WhenAny([.. running, waiting]);
        if (ended != waiting && !cancel.IsCancellationRequested) await ended;
    }

    /// <summary>Waits for all agents to stop after they were cancelled; throws the error of the first that failed.</summary>
    public async Task StoppedAsync()
    {
        var all = members.Values.Select(member => member.Running).ToList();
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (all.Find(one => one.IsFaulted) is { Exception.InnerException: { } error }) ExceptionDispatchInfo.Throw(error);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var member in members.Values) member.Dispose();
    }

    private sealed class Member : IDisposable
    {
        private readonly Agent.Agent agent;
        private readonly CancellationTokenSource stop;

        public Member(Agent.Agent agent, Task mayProbe, CancellationToken cancel)
        {
            this.agent = agent;
            stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            Running = agent.RunAsync(stop.Token, mayProbe);
        }

        public Task Running { get; }

        public async Task StopAsync()
        {
            await stop.CancelAsync();
            await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Dispose();
        }

        public void Dispose()
        {
            agent.Dispose();
            stop.Dispose();
        }
    }
}
