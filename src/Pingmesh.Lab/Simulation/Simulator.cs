using Pingmesh.Lab.Faults;
using System.Security.Cryptography;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Lab.Simulation;

/// <summary>
/// What the agents of a fabric would upload, without a packet: their real pinglists and the real form of uploads, over
/// outcomes drawn from the paper's distributions and from faults, in virtual time.
/// </summary>
public sealed class Simulator
{
    private readonly SimulationSettings settings;
    private readonly VirtualTime time;
    private readonly List<SimulatedAgent> agents = [];
    private readonly HostFailures failures;

    // Read by tests on demand while the next window is drawn.
    private volatile FaultEffects? effects;
    private long elapsedTicks;

    /// <summary>A simulation.</summary>
    /// <param name="fabric">The fabric.</param>
    /// <param name="settings">What to simulate.</param>
    /// <param name="time">The clock that it moves, standing at the start.</param>
    /// <exception cref="LabException">A fault is not possible in the fabric; says which and why.</exception>
    public Simulator(Fabric fabric, SimulationSettings settings, VirtualTime time)
    {
        Fabric = fabric;
        this.settings = settings;
        this.time = time;
        foreach (var fault in settings.Faults) FaultCatalog.Check(fabric, fault.Kind, fault.At, fault.Options);
        Topology = fabric.ToTopology();
        failures = new HostFailures(fabric.Hosts.Count, settings);
        var mesh = new Mesh(Topology, settings.Mesh);
        var turn = mesh.TurnAt(settings.Start);
        var wanted = Math.Min(settings.Agents ?? fabric.Hosts.Count, fabric.Hosts.Count);
        var made = new SimulatedAgent[wanted];
        Parallel.For(0, wanted, i =>
        {
            var host = fabric.Hosts[(int)((long)i * fabric.Hosts.Count / wanted)];
            made[i] = new SimulatedAgent(fabric, host, mesh.PinglistFor(Topology.FindHost(host.Name)!, turn), ProfileOf(host), settings, time);
        });
        agents.AddRange(made);
    }

    /// <summary>The fabric.</summary>
    public Fabric Fabric { get; }

    /// <summary>Its topology.</summary>
    public Topology Topology { get; }

    /// <summary>Agents that report.</summary>
    public int Agents => agents.Count;

    /// <summary>Targets of all of them.</summary>
    public long Targets => agents.Sum(agent => (long)agent.Targets);

    /// <summary>Has the simulated agents do tests.</summary>
    public SimulatedTests Tests() => new(
        Fabric,
        () =>
        {
            var at = TimeSpan.FromTicks(Interlocked.Read(ref elapsedTicks));
            return (effects, host => failures.IsDown(host.Index, at));
        },
        ProfileOf(Fabric.Hosts[0]).InterPodDrops,
        time,
        settings.Seed);

    /// <summary>Runs to the end.</summary>
    /// <param name="sink">Takes the uploads.</param>
    /// <param name="progress">Told of the virtual time passed.</param>
    /// <param name="cancel">Ends it before.</param>
    public async Task<SimulationResult> RunAsync(IUploadSink sink, IProgress<TimeSpan>? progress, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var uploads = new byte[]?[agents.Count];
        var options = new ParallelOptions { CancellationToken = cancel };
        List<TimedFault> inForce = [];
        var taken = Task.CompletedTask;
        long bytes = 0;
        long sent = 0;
        for (var elapsed = TimeSpan.Zero; elapsed < settings.Duration; elapsed += TimeSpan.FromSeconds(Windows.LiveSeconds))
        {
            var now = settings.Faults.Where(fault => fault.HoldsAt(elapsed)).ToList();
            if (effects is null || !now.SequenceEqual(inForce)) effects = new FaultEffects(Fabric, inForce = now);
            var window = (settings.Start + elapsed).ToUnixTimeSeconds();
            var (at, under) = (elapsed, effects);
            Interlocked.Exchange(ref elapsedTicks, elapsed.Ticks);

            // The clock goes to the window's end first: that is when agents upload it.
            time.Advance(TimeSpan.FromSeconds(Windows.LiveSeconds));
            Parallel.For(0, agents.Count, options, i =>
            {
                var agent = agents[i];
                uploads[i] = under.IsGone(agent.Node) || failures.IsDown(agent.Node.Index, at) ? null : agent.Run(window, under, failures);
            });
            var batch = new List<SimulatedUpload>(agents.Count);
            for (var i = 0; i < uploads.Length; i++)
            {
                if (uploads[i] is not { } upload) continue;
                hash.AppendData(upload);
                bytes += upload.Length;
                batch.Add(new SimulatedUpload(agents[i].Host, upload));
            }

            sent += batch.Count;
            // The next window is drawn while this one is taken in.
            await taken;
            taken = sink.TakeAsync(batch, cancel);
            progress?.Report(elapsed + TimeSpan.FromSeconds(Windows.LiveSeconds));
        }

        await taken;
        await sink.FinishAsync(cancel);
        return new SimulationResult(sent, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), Totals());
    }

    private SortedDictionary<(string Dc, ProbeClass Class), Measurement> Totals()
    {
        var totals = new SortedDictionary<(string Dc, ProbeClass Class), Measurement>();
        foreach (var agent in agents)
        {
            var dc = agent.Node.Scope.Split('/')[0];
            foreach (var (probeClass, its) in agent.Totals)
            {
                if (!totals.TryGetValue((dc, probeClass), out var total)) totals[(dc, probeClass)] = total = new Measurement();
                total.Merge(its);
            }
        }

        return totals;
    }

    // dc1 is like the paper's DC1, dc6 again.
    private DcProfile ProfileOf(FabricNode host)
    {
        var number = settings.Profile ?? int.Parse(host.Scope.Split('/')[0][2..], System.Globalization.CultureInfo.InvariantCulture);
        return DcProfile.Paper[(number - 1) % DcProfile.Paper.Count];
    }
}

/// <summary>What a simulation came to.</summary>
/// <param name="Uploads">Uploads.</param>
/// <param name="Bytes">Their size, not zipped.</param>
/// <param name="Hash">SHA-256 over all uploads in order: equal for equal simulations.</param>
/// <param name="Totals">What the agents measured, by data center and class.</param>
public sealed record SimulationResult(long Uploads, long Bytes, string Hash, IReadOnlyDictionary<(string Dc, ProbeClass Class), Measurement> Totals);
