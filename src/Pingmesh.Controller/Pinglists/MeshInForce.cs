using Microsoft.Extensions.Logging;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Plans;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Pinglists;

/// <summary>
/// The mesh that pinglists are made from: made anew when topology, settings or pauses change. A mesh that needs more probes
/// than the fleet's ceiling allows does not come into force; the one before stays. Thread-safe.
/// </summary>
public sealed partial class MeshInForce
{
    private readonly Func<MeshInputs> read;
    private readonly ILogger logger;
    private readonly Lock making = new();
    private volatile MeshInputs judged;
    private volatile Mesh current;
    private volatile Planned? planned;

    /// <summary>Makes the first mesh.</summary>
    /// <param name="read">What a mesh is made of, at this moment; unchanged parts are the same objects.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="ArgumentException">The settings are impossible.</exception>
    /// <exception cref="ConfigurationException">The mesh exceeds the fleet's ceiling; says by how much.</exception>
    public MeshInForce(Func<MeshInputs> read, ILogger logger)
    {
        this.read = read;
        this.logger = logger;
        judged = read();
        current = new Mesh(judged.Topology, judged.Settings, judged.Paused);
        if (Excess(current) is { } excess) throw new ConfigurationException([new ConfigurationError("mesh", 1, 1, excess)]);
    }

    /// <summary>Meshes that were refused since the start.</summary>
    public long Refused { get; private set; }

    /// <summary>Whether the newest mesh was refused, so that an older one is in force.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>The mesh in force.</summary>
    public Mesh Current
    {
        get
        {
            var now = read();

            // While one request makes the next mesh, the others are answered from the one before.
            if (IsJudged(now) || !making.TryEnter()) return current;
            try
            {
                if (!IsJudged(now)) Judge(now);
                return current;
            }
            finally
            {
                making.Exit();
            }
        }
    }

    /// <summary>What the mesh in force costs.</summary>
    public MeshPlan Plan
    {
        get
        {
            var mesh = Current;
            if (planned is { } known && known.Mesh == mesh) return known.Plan;
            var plan = MeshPlan.Of(mesh);
            planned = new Planned(mesh, plan);
            return plan;
        }
    }

    /// <summary>Why a mesh exceeds the fleet's ceiling; null when it does not.</summary>
    public static string? Excess(Mesh mesh)
    {
        if (mesh.Settings.MaxFleetRate is not { } most) return null;
        var rate = MeshPlan.Of(mesh).ProbesPerSecond;
        return rate <= most
            ? null
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"the mesh needs {rate:N0} probes a second over {mesh.Topology.Hosts.Count:N0} hosts, which is above the fleet's ceiling of {most:N0}; lower the caps of hosts or raise the ceiling");
    }

    private bool IsJudged(MeshInputs now)
    {
        var last = judged;
        return ReferenceEquals(last.Topology, now.Topology) && ReferenceEquals(last.Settings, now.Settings) && ReferenceEquals(last.Paused, now.Paused);
    }

    private void Judge(MeshInputs now)
    {
        var mesh = new Mesh(now.Topology, now.Settings, now.Paused);
        IsBehind = false;
        if (Excess(mesh) is { } excess)
        {
            Refused++;
            IsBehind = true;
            LogRefused(excess);

            // A pause must work at once, whatever else is wrong.
            mesh = new Mesh(current.Topology, current.Settings, now.Paused);
        }

        current = mesh;
        judged = now;
    }

    private sealed record Planned(Mesh Mesh, MeshPlan Plan);

    [LoggerMessage(Level = LogLevel.Error, Message = "The mesh before stays in force: {Excess}")]
    private partial void LogRefused(string excess);
}

/// <summary>What a mesh is made of.</summary>
/// <param name="Topology">The topology.</param>
/// <param name="Settings">Graphs and caps.</param>
/// <param name="Paused">Paused scopes.</param>
public sealed record MeshInputs(Topology Topology, MeshSettings Settings, IReadOnlyList<ScopePattern> Paused);
