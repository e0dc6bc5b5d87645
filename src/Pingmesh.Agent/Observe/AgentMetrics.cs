using Pingmesh.Agent.Aggregation;
using Pingmesh.Agent.PinglistSync;
using Pingmesh.Agent.Upload;
using Pingmesh.Core.Exposition;
using Pingmesh.Core.Probes;

namespace Pingmesh.Agent.Observe;

/// <summary>The metrics of one agent.</summary>
internal sealed class AgentMetrics(
    AgentSettings settings, ProbeCounters probes, PinglistFollower follower, OutcomeBuffer outcomes, Uploader uploader, Spool spool)
{
    /// <summary>All metrics, in the Prometheus text format.</summary>
    /// <param name="tickLateness">How late the reactor's last tick was.</param>
    /// <param name="skippedTicks">Ticks that were skipped since the start.</param>
    public string Write(TimeSpan tickLateness, long skippedTicks)
    {
        var text = new PrometheusText();
        text.Gauge("pingmesh_agent_info", "Constant 1; who this agent is.").Value(1, ("host", settings.Host), ("version", settings.Version));
        WriteProbes(text);
        text.Gauge("pingmesh_agent_peers", "Peers on the pinglist in force.").Value(probes.Peers);
        text.Gauge("pingmesh_agent_probes_pending", "Probes that wait for an answer.").Value(probes.Pending);
        text.Gauge("pingmesh_agent_interval_stretch", "How many times longer than asked the intervals are, to keep the hard ceiling on probes a second.")
            .Value(probes.Stretch);
        text.Gauge("pingmesh_agent_tick_lateness_seconds", "How late the last tick of the probing thread came.").Value(tickLateness.TotalSeconds);
        text.Counter("pingmesh_agent_ticks_skipped_total", "Ticks of the probing thread that were skipped because it was late.").Value(skippedTicks);
        text.Gauge("pingmesh_agent_controller_failures", "Failed contacts with the controller in a row.").Value(follower.Failures);
        text.Gauge("pingmesh_agent_probing", "Whether the agent has a pinglist to probe by.").Value(follower.Problem is null ? 1 : 0);
        text.Counter("pingmesh_agent_batches_uploaded_total", "Batches the server has taken.").Value(uploader.Accepted);
        text.Counter("pingmesh_agent_batches_refused_total", "Batches the server refused for good.").Value(uploader.Refused);
        text.Counter("pingmesh_agent_uploaded_bytes_total", "Bytes of the batches the server has taken.").Value(uploader.Bytes);
        text.Gauge("pingmesh_agent_spool_batches", "Batches that wait in the spool.").Value(spool.Count);
        text.Gauge("pingmesh_agent_spool_bytes", "Bytes that wait in the spool.").Value(spool.Bytes);
        text.Counter("pingmesh_agent_lost_batches_total", "Batches given up because the spool was full or could not be written.").Value(spool.LostBatches);
        text.Counter("pingmesh_agent_lost_probes_total", "Probes whose result was given up.").Value(spool.LostProbes + outcomes.Lost);
        return text.ToString();
    }

    private void WriteProbes(PrometheusText text)
    {
        text.Counter("pingmesh_agent_probes_total", "Probes that ended.");
        foreach (var c in Enum.GetValues<ProbeClass>()) text.Value(probes.Probes(c), ("class", c.Name()));
        text.Counter("pingmesh_agent_drops_total", "Successful probes that needed a SYN retransmission.");
        foreach (var c in Enum.GetValues<ProbeClass>()) text.Value(probes.Drops(c), ("class", c.Name()));
        text.Counter("pingmesh_agent_failures_total", "Probes that failed.");
        foreach (var c in Enum.GetValues<ProbeClass>())
        {
            foreach (var e in Enum.GetValues<ProbeError>())
            {
                if (e != ProbeError.None) text.Value(probes.Failures(c, e), ("class", c.Name()), ("error", e.Name()));
            }
        }
    }
}
