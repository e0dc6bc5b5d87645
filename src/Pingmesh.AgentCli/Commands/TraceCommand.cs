using System.CommandLine;
using Pingmesh.AgentCli.Targets;
using Pingmesh.AgentCli.Running;
using Pingmesh.AgentCli.Trace;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Trace;

namespace Pingmesh.AgentCli.Commands;

/// <summary><c>pingmesh trace</c>.</summary>
internal static class TraceCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("TARGET") { Description = "Address or name, HOST:PORT for another port than the responder's." };
        var json = new Option<bool>("--json") { Description = "Print one JSON value, for machines." };
        var flags = new TraceFlags();
        var command = new Command(
            "trace",
            """
            Find the switches on the paths to a target, for many flows at once: each source port is a flow, which ECMP may lead
            another way. Packets keep the flow's five-tuple, so a flow that failed is traced along its own path.
            Needs the capability CAP_NET_RAW.

            Examples: pingmesh trace 10.0.0.7
                      pingmesh trace --udp --flows 32 10.0.0.7
                      pingmesh trace --sport 40123 db.example.com:5432
            """)
        {
            target, json,
        };
        foreach (var option in flags.All) command.Add(option);
        command.SetAction((parsed, _) => RunAsync(OneOf(parsed.GetValue(target)!), flags.Read(parsed), parsed.GetValue(json)));
        return command;
    }

    private static TargetText OneOf(string text)
    {
        var texts = TargetText.ReadAll([text], null);
        return texts is [{ Url: null } one] ? one : throw new UsageException($"'{text}' is not one host; trace takes an address, a name or HOST:PORT");
    }

    private static async Task<int> RunAsync(TargetText text, TraceOptions options, bool json)
    {
        using var signals = new Signals();
        var (targets, unresolved) = await TargetResolution.ResolveAsync([text], options.Flow.Family, everyAddress: false, one => one.Port ?? options.Port, signals.Token);
        if (unresolved is [var problem, ..]) throw new FailedException($"{problem.Name}: {problem.Error.Name()}: {problem.Problem}");
        var target = targets[0];
        if (PathTracer.WhyUnavailable(target.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6) is { } why) throw new FailedException(why);
        var request = options.For(target);
        TraceResult trace;
        try
        {
            trace = await Task.Run(() => PathTracer.Trace(request, signals.Token));
        }
        catch (TraceException error)
        {
            throw new FailedException(error.Message);
        }

        if (json) Console.WriteLine(TraceJson.Write(target, request, trace));
        else TraceText.Write(Console.Out, target, request, trace);
        return trace.Flows.All(flow => flow.Reached) ? CommandLine.Ok : CommandLine.Failed;
    }
}
