using System.Text.Json;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Controller.Agents;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Core.Exposition;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Access;
using Pingmesh.Server.Alerts;
using Pingmesh.Server.Api;

namespace Pingmesh.Server.Observe;

/// <summary>The server's metrics about itself.</summary>
internal sealed class ServerMetrics(
    string version, Collector collector, AgentRegistry agents, AccessControl access, RequestLimits limits, MeshInForce mesh, PeriodicLook<CoverageResponse> coverage, PeriodicLook<SlaMetrics> slas, Watchdogs watchdogs, Alerting alerting, IncidentBook incidents, Func<Topology> topology, TimeProvider time)
{
    // An agent uploads every 5 s; one that was not heard of for this long is silent.
    private static readonly TimeSpan SilentAfter = TimeSpan.FromMinutes(1);

    /// <summary>All metrics, in the Prometheus text format.</summary>
    public string Write()
    {
        var text = new PrometheusText();
        text.Gauge("pingmesh_server_info", "Constant 1; the server's version.").Value(1, ("version", version));
        text.Gauge("pingmesh_server_topology_hosts", "Hosts in the topology.").Value(topology().Hosts.Count);
        text.Gauge("pingmesh_server_topology_pods", "Pods in the topology.").Value(topology().Pods.Count);
        var since = time.GetUtcNow() - SilentAfter;
        text.Gauge("pingmesh_server_agents_reporting", "Agents whose measurements came within the last minute.")
            .Value(agents.Snapshot().Count(agent => agent.Uploaded >= since));
        text.Gauge("pingmesh_server_agents_clock_off", "Agents whose clock was more than 5 s off at their last upload.")
            .Value(agents.Snapshot().Count(agent => agent.ClockBehind?.Duration() > AgentClock.Tolerance));
        text.Counter("pingmesh_server_requests_unauthorized_total", "Requests refused for want of a token, or of the right to do it.").Value(access.Refused);
        text.Counter("pingmesh_server_requests_limited_total", "Requests refused because their client sent too many.").Value(limits.Refused);
        WriteMesh(text);
        WriteIngest(text, collector.Counts());
        watchdogs.Write(text);
        alerting.Write(text);
        WriteIncidents(text);
        slas.Last?.Write(text);
        return text.ToString();
    }

    // Every kind is there, so that a rule can tell none from not looked.
    private void WriteIncidents(PrometheusText text)
    {
        var active = incidents.Current.Where(one => one.State is not (IncidentState.Resolved or IncidentState.Mitigated)).ToList();
        var gauge = text.Gauge("pingmesh_incidents_active", "Incidents that last, by kind.");
        foreach (var kind in Enum.GetValues<IncidentKind>()) gauge.Value(active.Count(one => one.Kind == kind), ("kind", JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString())));
    }

    private void WriteMesh(PrometheusText text)
    {
        var plan = mesh.Plan;
        text.Gauge("pingmesh_server_mesh_pairs", "Directed pairs that pinglists ask to probe.").Value(plan.Pairs);
        text.Gauge("pingmesh_server_mesh_coverage_ratio", "Share of the pairs of the complete graphs that is probed at a time; below 1 a cap bites.").Value(plan.Coverage);
        text.Gauge("pingmesh_server_mesh_covered_within_seconds", "Time within which every pair has its turn; 0 when all are probed all the time.").Value(plan.CoveredWithin.TotalSeconds);
        text.Gauge("pingmesh_server_mesh_probes_per_second", "Probes a second that pinglists ask for, over the whole fleet.").Value(plan.ProbesPerSecond);
        text.Counter("pingmesh_server_mesh_refused_total", "Meshes that did not come into force, because they exceed the fleet's ceiling.").Value(mesh.Refused);
        if (coverage.Last is { } seen)
        {
            text.Gauge("pingmesh_server_coverage_wanted_pairs", "Directed pairs of pods that the mesh joins.").Value(seen.Wanted);
            text.Gauge("pingmesh_server_coverage_measured_pairs", "Those of them that were measured in the last ten minutes.").Value(seen.Measured);
            text.Gauge("pingmesh_server_coverage_smallest_drop_rate", "Smallest drop rate that the probes of a pair could have shown in the last ten minutes (95 %).")
                .Value(seen.SmallestDropRate.Median, ("pair", "median"))
                .Value(seen.SmallestDropRate.Worst, ("pair", "worst"));
        }

        text.Gauge("pingmesh_server_paused_scopes", "Scopes that operators have paused.").Value(mesh.Current.Paused.Count);
    }

    private static void WriteIngest(PrometheusText text, IngestCounts counts)
    {
        text.Counter("pingmesh_server_batches_total", "Uploads, by what became of them.")
            .Value(counts.Accepted, ("result", "accepted"))
            .Value(counts.Duplicate, ("result", "duplicate"))
            .Value(counts.Invalid, ("result", "invalid"))
            .Value(counts.Busy, ("result", "busy"))
            .Value(counts.Unavailable, ("result", "unavailable"))
            .Value(counts.Forbidden, ("result", "forbidden"));
        text.Counter("pingmesh_server_batch_bytes_total", "Bytes of all uploads, unzipped.").Value(counts.Bytes);
        text.Counter("pingmesh_server_probes_total", "Probes in accepted batches.").Value(counts.Probes);
        text.Counter("pingmesh_server_late_probes_total", "Probes in accepted batches that came too late to count.").Value(counts.LateProbes);
        text.Counter("pingmesh_server_evidence_total", "Raw records in accepted batches.").Value(counts.Records);
        text.Counter("pingmesh_server_evidence_omitted_total", "Raw records that agents had no room for.").Value(counts.RecordsOmitted);
        text.Counter("pingmesh_server_noisy_windows_total", "Windows that hosts marked because they were in trouble themselves.").Value(counts.NoisyWindows);
        text.Counter("pingmesh_server_batches_replayed_total", "Batches read back from the journal at the start.").Value(counts.Replayed);
        text.Counter("pingmesh_server_batches_unreadable_total", "Batches of the journal that could not be read.").Value(counts.Unreadable);
        text.Counter("pingmesh_server_unknown_host_batches_total", "Batches of hosts that are not in the topology.").Value(counts.FromUnknownHosts);
        text.Counter("pingmesh_server_unknown_peer_rows_total", "Measurements of peers that are not in the topology.").Value(counts.ToUnknownPeers);
        text.Counter("pingmesh_server_flushes_total", "Flushes of memory to the store.").Value(counts.Flushes);
        text.Counter("pingmesh_server_flushes_failed_total", "Flushes that failed and were tried again.").Value(counts.FailedFlushes);
        text.Counter("pingmesh_server_flush_seconds_total", "Time all flushes took.").Value(counts.FlushTime.TotalSeconds);
        text.Gauge("pingmesh_server_flush_last_seconds", "Time the last flush took.").Value(counts.LastFlushTime.TotalSeconds);
        text.Gauge("pingmesh_server_journal_batches", "Batches in the journal.").Value(counts.JournalBatches);
        text.Gauge("pingmesh_server_journal_bytes", "Bytes of the batches in the journal.").Value(counts.JournalBytes);
        text.Gauge("pingmesh_server_uploads_queued", "Uploads that wait to be taken in.").Value(counts.Queued);
        text.Gauge("pingmesh_server_pending_bytes", "Memory that measurements take which wait for a flush, about.").Value(counts.PendingBytes);
        text.Gauge("pingmesh_server_live_cells", "Cells of the windows of 10 s.").Value(counts.LiveCells);
    }
}
