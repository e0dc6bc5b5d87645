using System.CommandLine;
using System.Globalization;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Configuration;
using Pingmesh.Cli.Output;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Controller.Plans;
using Pingmesh.Controller.Topologies;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh pinglist plan</c>.</summary>
internal static class PinglistPlanCommand
{
    public static Command Create(ConfigurationFile file)
    {
        var topology = new Option<string>("--topology") { Description = "The topology file.", HelpName = "FILE", Required = true };
        var against = new Option<string?>("--against") { Description = "The topology file of today, to show what changes.", HelpName = "CURRENT" };
        var againstMesh = new Option<string?>("--against-mesh") { Description = "The mesh file of today; default the new one.", HelpName = "FILE" };
        var json = JsonOutput.Option();
        var command = new Command(
            "plan",
            """
            Show what a mesh will cost before it is applied: pairs, probes and bits a second, and what changes against today.

            Example: pingmesh pinglist plan --topology new.yaml --mesh mesh.yaml --against today.yaml
            """)
        {
            topology, against, againstMesh, MeshFlags.MeshFile, json, ConfigurationFile.Path.Option,
        };
        foreach (var setting in MeshConfiguration.All) command.Add(setting.Option);
        command.SetAction(flags =>
        {
            var settings = MeshFlags.Read(file, flags);
            var mesh = new Mesh(TopologyCommand.Read(flags.GetValue(topology)!), settings);
            var plan = MeshPlan.Of(mesh);
            var change = flags.GetValue(against) is { } path
                ? Change.Between(
                    new Mesh(TopologyCommand.Read(path), flags.GetValue(againstMesh) is { } meshPath ? MeshFlags.ReadFile(meshPath, settings) : settings), mesh, plan)
                : null;
            if (flags.GetValue(json)) JsonOutput.Write(PlanJson.Of(plan, change));
            else Show(plan, change);
            if (MeshInForce.Excess(mesh) is { } excess) throw new FailedException(excess);
            return CommandLine.Ok;
        });
        return command;
    }

    private static void Show(MeshPlan plan, Change? change)
    {
        var table = new TextTable("KIND", "CLASS", "DSCP", "PAIRS", "PROBES/S", "BITS/S");
        foreach (var line in plan.Lines)
            table.Add(line.Kind.Name(), line.Class.Name(), $"{line.Dscp}", Whole(line.Pairs), Number(line.ProbesPerSecond), Bits(line.BitsPerSecond));
        table.Add("all", "", "", Whole(plan.Pairs), Number(plan.ProbesPerSecond), Bits(plan.BitsPerSecond));
        table.Write(Console.Out);
        Console.WriteLine();
        Console.WriteLine($"{Whole(plan.Hosts)} hosts in {Whole(plan.Pods)} pods");
        Console.WriteLine($"a host:         {Number(plan.Host.MeanProbes)} probes/s, {Bits(plan.Host.MeanBits)}; at most {Number(plan.Host.MostProbes)} probes/s, {Bits(plan.Host.MostBits)}");
        Console.WriteLine($"a pod's uplink: {Number(plan.Uplink.MeanProbes)} probes/s, {Bits(plan.Uplink.MeanBits)}; at most {Number(plan.Uplink.MostProbes)} probes/s, {Bits(plan.Uplink.MostBits)} (out and in together)");
        var turns = plan.CoveredWithin > TimeSpan.Zero ? $"; the others have their turn within {DurationText.Format(plan.CoveredWithin)}" : "";
        Console.WriteLine($"coverage:       {(plan.Coverage * 100).ToString("0.##", CultureInfo.InvariantCulture)} % of the pairs at a time{turns}");
        if (change is not null) Console.WriteLine(change);
    }

    private static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString(number < 100 ? "0.##" : "N0", CultureInfo.InvariantCulture);

    private static string Bits(double bits) => bits switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bits / 1e9:0.##} Gbit/s"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{bits / 1e6:0.##} Mbit/s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bits / 1e3:0.##} kbit/s"),
    };

    /// <summary>What changes against today.</summary>
    private sealed record Change(int HostsAdded, int HostsRemoved, int HostsMoved, int HostsChanged, double Pairs, double ProbesPerSecond, double BitsPerSecond)
    {
        public static Change Between(Mesh today, Mesh next, MeshPlan plan)
        {
            var before = MeshPlan.Of(today);
            var diff = TopologyDiff.Between(today.Topology, next.Topology);
            return new Change(
                diff.Added.Count, diff.Removed.Count, diff.Moved.Count, diff.Changed.Count,
                plan.Pairs - before.Pairs, plan.ProbesPerSecond - before.ProbesPerSecond, plan.BitsPerSecond - before.BitsPerSecond);
        }

        public override string ToString() =>
            $"against today:  {HostsAdded} hosts added, {HostsRemoved} removed, {HostsMoved} moved, {HostsChanged} with other addresses or labels; "
            + $"{Signed(Pairs, Whole)} pairs, {Signed(ProbesPerSecond, Number)} probes/s, {Signed(BitsPerSecond, Bits)}";

        private static string Signed(double number, Func<double, string> text) => (number < 0 ? "-" : "+") + text(Math.Abs(number));
    }

    /// <summary>The plan for machines.</summary>
    private sealed record PlanJson(
        int Hosts, int Pods, double Pairs, double CompletePairs, double Coverage, double CoveredWithinS, double ProbesPerSecond, double BitsPerSecond,
        PlanLoad Host, PlanLoad Uplink, IReadOnlyList<LineJson> Lines, Change? Change)
    {
        public static PlanJson Of(MeshPlan plan, Change? change) => new(
            plan.Hosts, plan.Pods, plan.Pairs, plan.CompletePairs, plan.Coverage, plan.CoveredWithin.TotalSeconds, plan.ProbesPerSecond, plan.BitsPerSecond, plan.Host, plan.Uplink,
            [.. plan.Lines.Select(line => new LineJson(line.Kind.Name(), line.Class.Name(), line.Dscp, line.Pairs, line.ProbesPerSecond, line.BitsPerSecond))], change);
    }

    private sealed record LineJson(string Kind, string Class, byte Dscp, double Pairs, double ProbesPerSecond, double BitsPerSecond);
}
