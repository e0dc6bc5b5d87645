using Pingmesh.Agent.Aggregation;
using Pingmesh.Agent.Names;
using Pingmesh.Agent.PinglistSync;
using Pingmesh.Agent.Responding;
using Pingmesh.Agent.SelfWatch;
using Pingmesh.Agent.Upload;
using Pingmesh.Core.Exposition;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Reactors;

namespace Pingmesh.Agent.Observe;

/// <summary>The metrics of one agent.</summary>
internal sealed class AgentMetrics
{
    public required AgentSettings Settings { get; init; }

    public required ProbeCounters Probes { get; init; }

    public required LocalResults Results { get; init; }

    public required ProbeLoop Loop { get; init; }

    public required ReactorProbers Probers { get; init; }

    public required PlatformLane Platform { get; init; }

    public required Reactor Reactor { get; init; }

    public required HostWatch Watch { get; init; }

    public required BudgetWatch Budget { get; init; }

    public required TargetNames Names { get; init; }

    public required AgentResponders Responders { get; init; }

    public required PinglistFollower Follower { get; init; }

    public required OutcomeBuffer Outcomes { get; init; }

    public required Uploader Uploader { get; init; }

    public required Spool Spool { get; init; }

    public required RawResultLog? RawLog { get; init; }

    /// <summary>All metrics, in the Prometheus text format.</summary>
    public string Write()
    {
        var text = new PrometheusText();
        text.Gauge("pingmesh_agent_info", "Constant 1; who this agent is.").Value(1, ("host", Settings.Host), ("version", Settings.Version));
        WriteProbes(text);
        Results.Write(text);
        WriteSchedule(text);
        WriteNames(text);
        WriteHost(text);
        WriteResponders(text);
        WriteUpload(text);
        return text.ToString();
    }

    private void WriteProbes(PrometheusText text)
    {
        text.Counter("pingmesh_agent_probes_total", "Probes that ended.");
        foreach (var c in Enum.GetValues<ProbeClass>()) text.Value(Probes.Probes(c), ("class", c.Name()));
        text.Counter("pingmesh_agent_drops_total", "Successful probes that needed a SYN retransmission.");
        foreach (var c in Enum.GetValues<ProbeClass>()) text.Value(Probes.Drops(c), ("class", c.Name()));
        text.Counter("pingmesh_agent_failures_total", "Probes that failed.");
        foreach (var c in Enum.GetValues<ProbeClass>())
        {
            foreach (var e in Enum.GetValues<ProbeError>())
            {
                if (e != ProbeError.None && Probes.Failures(c, e) is > 0 and var count) text.Value(count, ("class", c.Name()), ("error", e.Name()));
            }
        }

        text.Counter("pingmesh_agent_confirmations_total", "Probes of a five-tuple that had failed, by whether it failed again; not among the probes.");
        text.Value(Probes.ConfirmedFailures, ("result", "failed"));
        text.Value(Probes.ConfirmationsUnavailable, ("result", "unavailable"));
        text.Value(Probes.Confirmations - Probes.ConfirmedFailures - Probes.ConfirmationsUnavailable, ("result", "passed"));
        text.Counter("pingmesh_agent_reordered_total", "Answers that came after that of a later probe of the same target.").Value(Probes.Reordered);
        text.Counter("pingmesh_agent_duplicates_total", "Answers that came again.").Value(Loop.Duplicates);
        text.Counter("pingmesh_agent_abandoned_total", "Probes given up without an outcome, at a stop or because the clock stepped.")
            .Value(Probers.Abandoned + Platform.Abandoned);
    }

    private void WriteSchedule(PrometheusText text)
    {
        text.Gauge("pingmesh_agent_peers", "Peers on the pinglist in force.").Value(Loop.Peers);
        text.Gauge("pingmesh_agent_probes_pending", "Probes that wait for an answer.").Value(Loop.Pending);
        text.Gauge("pingmesh_agent_interval_stretch", "How many times longer than asked the intervals are, to keep the limit on probes a second.")
            .Value(Loop.Stretch);
        text.Counter("pingmesh_agent_cycles_total", "Finished rounds over the peers of a group.").Value(Loop.Cycles.Finished);
        text.Counter("pingmesh_agent_cycles_overrun_total", "Rounds that could not be finished in their interval.").Value(Loop.Cycles.Overrun);
        text.Gauge("pingmesh_agent_cycle_overrun_seconds", "By how much the last overrun round took longer than its interval.")
            .Value(Loop.Cycles.LastOverrun.TotalSeconds);
        text.Gauge("pingmesh_agent_controller_failures", "Failed contacts with the controller in a row.").Value(Follower.Failures);
        text.Gauge("pingmesh_agent_probing", "Whether the agent has a pinglist to probe by, and is not suspended.")
            .Value(Follower.Problem is null && !Loop.Suspended ? 1 : 0);
    }

    private void WriteNames(PrometheusText text)
    {
        var names = Names.States();
        if (names.Count == 0) return;
        text.Gauge("pingmesh_agent_name_addresses", "Addresses in use of a target given by name.");
        foreach (var name in names) text.Value(name.Addresses, ("name", name.Name));
        text.Gauge("pingmesh_agent_name_resolution_seconds", "How long the last resolution of a name took.");
        foreach (var name in names.Where(name => name.Resolutions > 0)) text.Value(name.LastNanoseconds / 1e9, ("name", name.Name));
        text.Counter("pingmesh_agent_name_failures_total", "Resolutions of a name that failed.");
        foreach (var name in names)
        {
            foreach (var (error, count) in name.Failures) text.Value(count, ("name", name.Name), ("error", error.Name()));
        }
    }

    private void WriteHost(PrometheusText text)
    {
        text.Gauge("pingmesh_agent_tick_lateness_seconds", "How late the last tick of the probing thread came.").Value(Reactor.Lateness.TotalSeconds);
        text.Counter("pingmesh_agent_ticks_skipped_total", "Ticks of the probing thread that were skipped because it was late.").Value(Reactor.SkippedTicks);
        text.Counter("pingmesh_agent_stalls_total", "Ticks that came late by a whole tick or more.").Value(Watch.Stalls);
        text.Gauge("pingmesh_agent_host_noise", "Whether this host was in trouble of a kind in the last finished window of 10 s.");
        foreach (var noise in HostNoiseNames.All) text.Value(Watch.LastNoise.HasFlag(noise) ? 1 : 0, ("noise", noise.Name()));
        text.Gauge("pingmesh_agent_loopback_rtt_seconds", "RTT of the last probe over loopback.").Value(Watch.LoopbackNanoseconds / 1e9);
        text.Counter("pingmesh_agent_loopback_failures_total", "Probes over loopback that failed or dropped.").Value(Watch.LoopbackFailures);
        text.Counter("pingmesh_agent_clock_steps_total", "Steps of the wall clock.").Value(Watch.Steps);
        text.Counter("pingmesh_agent_kernel_listen_drops_total", "Connections this host's kernel dropped at listening sockets.").Value(Watch.Kernel.ListenDrops);
        text.Counter("pingmesh_agent_kernel_listen_overflows_total", "Connections this host's kernel dropped for full accept queues.").Value(Watch.Kernel.ListenOverflows);
        text.Counter("pingmesh_agent_kernel_syn_retransmissions_total", "SYNs this host's kernel sent again, for whomever.").Value(Watch.Kernel.SynRetransmissions);
        text.Gauge("pingmesh_agent_cpu_steal_ratio", "Share of the CPU time that a hypervisor gave to others in the last window.").Value(Watch.Steal);
        text.Gauge("pingmesh_agent_cpu_ratio", "CPU time of the process over the last minute, as a share of one core.").Value(Budget.Cpu);
        text.Gauge("pingmesh_agent_resident_bytes", "Resident memory of the process.").Value(Budget.ResidentBytes);
        text.Gauge("pingmesh_agent_suspended", "Whether probing is suspended because the process is over its budget.").Value(Loop.Suspended ? 1 : 0);
        text.Counter("pingmesh_agent_suspensions_total", "Times that probing was suspended for the process's budget.").Value(Budget.Suspensions);
    }

    private void WriteResponders(PrometheusText text)
    {
        var responders = Responders.All;
        text.Counter("pingmesh_agent_responder_connections_total", "Connections whose client sent data, served by the responders.")
            .Value(responders.Sum(responder => responder.Tcp.Accepted));
        text.Counter("pingmesh_agent_responder_refused_total", "Connections reset and datagrams ignored by the responders' limits.")
            .Value(responders.Sum(responder => responder.Tcp.Refused + responder.Udp.Limited));
        text.Counter("pingmesh_agent_responder_answers_total", "Datagrams answered by the responders.")
            .Value(responders.Sum(responder => responder.Udp.Answered));
        text.Counter("pingmesh_agent_responder_overflowed_total", "Datagrams that came faster than the responders read them: this host's loss, not the network's.")
            .Value(responders.Sum(responder => responder.Udp.Overflowed));
    }

    private void WriteUpload(PrometheusText text)
    {
        text.Counter("pingmesh_agent_batches_uploaded_total", "Batches the server has taken.").Value(Uploader.Accepted);
        text.Counter("pingmesh_agent_batches_refused_total", "Batches the server refused for good.").Value(Uploader.Refused);
        text.Counter("pingmesh_agent_uploaded_bytes_total", "Bytes of the batches the server has taken.").Value(Uploader.Bytes);
        text.Gauge("pingmesh_agent_spool_batches", "Batches that wait in the spool.").Value(Spool.Count);
        text.Gauge("pingmesh_agent_spool_bytes", "Bytes that wait in the spool.").Value(Spool.Bytes);
        text.Counter("pingmesh_agent_lost_batches_total", "Batches given up because the spool was full or could not be written.").Value(Spool.LostBatches);
        text.Counter("pingmesh_agent_lost_probes_total", "Probes whose result was given up.").Value(Spool.LostProbes + Outcomes.Lost);
        if (RawLog is not null) text.Counter("pingmesh_agent_raw_results_lost_total", "Raw results that could not be logged.").Value(RawLog.Lost);
    }
}
