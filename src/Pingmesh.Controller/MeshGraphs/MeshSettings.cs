using System.Globalization;
using Pingmesh.Core;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>The mesh: its graphs, and the caps over all of them. Immutable; see <see cref="Validate"/>.</summary>
public sealed record MeshSettings
{
    /// <summary>The defaults.</summary>
    public static MeshSettings Default { get; } = new();

    /// <summary>The graphs, at least one. Where two give a host the same peer for the same kind and QoS, the earlier one counts.</summary>
    public IReadOnlyList<MeshGraph> Graphs { get; init; } = [MeshGraph.Default];

    /// <summary>Most peers of one host, 1 to <see cref="HardLimits.MaxPeers"/> (paper, section 3.3.1: 2,000 to 5,000).</summary>
    public int MaxPeers { get; init; } = 5_000;

    /// <summary>Most probes a second of one host, above 0 to <see cref="HardLimits.MaxProbesPerSecond"/>.</summary>
    public double MaxHostRate { get; init; } = HardLimits.MaxProbesPerSecond;

    /// <summary>Most probes a second over the uplinks of one pod, those that leave it and those that come in together; null for no cap.</summary>
    public double? MaxUplinkRate { get; init; }

    /// <summary>Most probes a second of the whole fleet: what needs more is refused as a whole; null for no ceiling.</summary>
    public double? MaxFleetRate { get; init; }

    /// <summary>Where a cap bites: time after which other peers get their turn, 1 minute to 1 day.</summary>
    public TimeSpan Rotation { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What is impossible about these settings, one sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        Check(Graphs.Count > 0, "There are no graphs; give at least one.");
        Check(MaxPeers is >= 1 and <= HardLimits.MaxPeers, $"The most peers of a host are {MaxPeers}; use 1 to {HardLimits.MaxPeers}.");
        Check(MaxPeers < 1 || Graphs.Count <= MaxPeers, $"There are {Graphs.Count} graphs, but a host may have {MaxPeers} peers; each graph needs one.");
        Check(MaxHostRate is > 0 and <= HardLimits.MaxProbesPerSecond,
            string.Create(CultureInfo.InvariantCulture, $"The most probes a second of a host are {MaxHostRate}; use more than 0, up to {HardLimits.MaxProbesPerSecond}."));
        Check(MaxUplinkRate is null or > 0, "The most probes a second over a pod's uplinks are not above 0; raise them.");
        Check(MaxFleetRate is null or > 0, "The most probes a second of the fleet are not above 0; raise them.");
        Check(Rotation >= TimeSpan.FromMinutes(1) && Rotation <= TimeSpan.FromDays(1), "The rotation is not between 1 minute and 1 day.");
        foreach (var twice in Graphs.CountBy(graph => graph.Name).Where(entry => entry.Value > 1)) errors.Add($"Two graphs are named '{twice.Key}'; rename one.");
        foreach (var graph in Graphs) errors.AddRange(graph.Validate().Select(error => Graphs.Count == 1 ? error : $"Graph '{graph.Name}': {error}"));
        return errors;

        void Check(bool holds, string error)
        {
            if (!holds) errors.Add(error);
        }
    }

    /// <inheritdoc/>
    public bool Equals(MeshSettings? other) =>
        other is not null && Graphs.SequenceEqual(other.Graphs)
        && (MaxPeers, MaxHostRate, MaxUplinkRate, MaxFleetRate, Rotation)
            == (other.MaxPeers, other.MaxHostRate, other.MaxUplinkRate, other.MaxFleetRate, other.Rotation);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Graphs.Count, MaxPeers, MaxHostRate, MaxUplinkRate, MaxFleetRate, Rotation);

    /// <summary>Refuses settings that <see cref="Validate"/> finds fault with.</summary>
    /// <exception cref="ArgumentException">There are errors; the message holds all of them.</exception>
    internal void ThrowIfInvalid()
    {
        var errors = Validate();
        if (errors.Count > 0) throw new ArgumentException(string.Join(' ', errors));
    }
}
