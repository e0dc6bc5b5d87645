using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Probes;
using Pingmesh.Lab.Simulation;

namespace Pingmesh.Cli.Commands;

/// <summary>What a simulation came to: the object of <c>simulate --json</c>.</summary>
internal sealed record SimulationSummary(
    int Hosts, int Agents, long Targets, DateTimeOffset Start, double DurationS, double TookS, double Speed, long Probes, long Uploads, long Bytes, string Hash, IReadOnlyList<SimulationClass> Classes)
{
    public static SimulationSummary Of(Simulator simulator, SimulationSettings settings, SimulationResult result, TimeSpan took) => new(
        simulator.Fabric.Hosts.Count, simulator.Agents, simulator.Targets, settings.Start, settings.Duration.TotalSeconds, took.TotalSeconds, settings.Duration / took,
        result.Totals.Values.Sum(total => total.Probes), result.Uploads, result.Bytes, result.Hash,
        [.. result.Totals.Select(pair => new SimulationClass(
            pair.Key.Dc, pair.Key.Class.Name(), pair.Value.Probes, pair.Value.Failures, pair.Value.Drops, pair.Value.DropRate,
            pair.Value.Quantile(0.5) / 1_000, pair.Value.Quantile(0.99) / 1_000, pair.Value.Quantile(0.999) / 1_000, pair.Value.Quantile(0.9999) / 1_000))]);
}

/// <summary>The figures of a class of probes of a data center; RTTs in microseconds.</summary>
internal sealed record SimulationClass(
    string Dc, string Class, long Probes, long Failures, long Drops, double? DropRate, double? P50Us, double? P99Us, double? P999Us, double? P9999Us);
