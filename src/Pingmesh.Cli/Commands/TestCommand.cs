using System.CommandLine;
using System.Diagnostics;
using Pingmesh.AgentCli.Running;
using Pingmesh.AgentCli.Targets;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Core;
using Pingmesh.Core.OnDemand;
using Pingmesh.Server.Api;
using Pingmesh.Server.OnDemand;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh test</c>: has agents ping or trace each other now, and shows what they find as it comes.</summary>
internal static class TestCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(300);

    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "Whose agents test: a host, host1+host2, dc1/ps1, dc1/ps1/pod1 or service:NAME.", HelpName = "SCOPE", Required = true };
        var to = new Option<string>("--to") { Description = "What they test: the same, or the address of a host of the topology.", HelpName = "SCOPE", Required = true };
        var kind = new Option<string>("--kind") { Description = "tcp (default), tcp-payload, icmp or udp; of a trace tcp or udp.", HelpName = "KIND", DefaultValueFactory = _ => "tcp" };
        kind.AcceptOnlyFromAmong("tcp", "tcp-payload", "icmp", "udp");
        var trace = new Option<bool>("--trace") { Description = "Find the switches on the paths instead of pinging." };
        var count = new Option<int?>("-c", "--count") { Description = "Probes of each flow (1 to 20), or tries of each hop (1 to 10).", HelpName = "N" };
        var flows = new Option<int?>("--flows") { Description = $"Flows, each from another source port (1 to {TestOrder.MaxSourcePorts}); default 1, of a trace 8.", HelpName = "N" };
        var ports = new Option<string?>("--sport") { Description = "The source port, or a range of them, a flow each, such as 40000-40007.", HelpName = "PORTS" };
        var port = new Option<int?>("--port") { Description = $"Port of the target; default {Ports.Responder}, the agents' responder.", HelpName = "PORT" };
        var dscp = new Option<int>("--dscp") { Description = "DSCP, 0 to 63.", HelpName = "N" };
        var payload = new Option<int>("--payload") { Description = "Bytes of payload of tcp-payload, icmp and udp.", HelpName = "N" };
        var hosts = CountOption.Create("--hosts", "Hosts of each scope, spread over it", 4, TestedPairsMost);
        var wait = new Option<string>("--wait") { Description = "How long to wait for the agents; default 30s.", HelpName = "DURATION", DefaultValueFactory = _ => "30s" };
        var json = JsonOutput.Option();
        var command = new Command(
            "test",
            """
            Have agents ping or trace each other now, beside what they measure anyway, and watch what they find. Needs the role operator; each test stands in the audit log.
            Exit code 0: all of it succeeded; 1: something was lost, not reached or not done.

            Example: pingmesh test --from web1 --to db3
                     pingmesh test --from dc1/ps2 --to service:search --kind udp --flows 16
                     pingmesh test --from web1 --to db3 --trace --sport 40123
            """)
        {
            from, to, kind, trace, count, flows, ports, port, dscp, payload, hosts, wait, json,
        };
        ApiClient.AddFlags(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var request = new TestRequest(parsed.GetValue(from)!, parsed.GetValue(to)!)
            {
                Kind = parsed.GetValue(kind)!,
                Trace = parsed.GetValue(trace),
                Count = parsed.GetValue(count) is { } wanted ? FlagRanges.Check("--count", wanted, 1, parsed.GetValue(trace) ? OnDemandLimits.TraceTries : TestOrder.MaxCount) : null,
                Flows = parsed.GetValue(flows) is { } many ? FlagRanges.Check("--flows", many, 1, TestOrder.MaxSourcePorts) : null,
                Ports = PortsOf(parsed.GetValue(ports)),
                TargetPort = parsed.GetValue(port) is { } given ? FlagRanges.Check("--port", given, 1, ushort.MaxValue) : null,
                Dscp = parsed.GetInRange(dscp, 0, 63),
                Payload = parsed.GetInRange(payload, 0, HardLimits.MaxPayloadBytes),
                Hosts = parsed.GetValue(hosts),
            };
            if (request is { Ports: not null, Flows: not null }) throw new UsageException("--sport and --flows exclude each other; keep one");
            if (request is { Trace: true, Kind: "icmp" or "tcp-payload" }) throw new UsageException($"--trace follows flows of tcp or udp, not of {request.Kind}");
            var patience = FlagRanges.Duration("--wait", parsed.GetValue(wait)!, TimeSpan.FromSeconds(1), OnDemandLimits.OrderLifetime);
            using var api = ApiClient.Create(parsed);
            return await RunAsync(api, request, patience, parsed.GetValue(json), cancel);
        });
        return command;
    }

    // The same as the server's own limit.
    private const int TestedPairsMost = 16;

    private static IReadOnlyList<int>? PortsOf(string? text)
    {
        if (text is null) return null;
        var (first, last) = PortRange.Read(text, "--sport");
        return last - first < TestOrder.MaxSourcePorts
            ? [.. Enumerable.Range(first, last - first + 1)]
            : throw new UsageException($"--sport: '{text}' are {last - first + 1} ports; a test has at most {TestOrder.MaxSourcePorts} flows");
    }

    private static async Task<int> RunAsync(ApiClient api, TestRequest request, TimeSpan patience, bool json, CancellationToken cancel)
    {
        var test = await api.PostAsync<TestRequest, TestResponse>("/api/v1/tests", request, cancel);
        var text = new TestText(Console.Out, request.Trace);
        if (!json) text.Begin(test);
        var shown = new HashSet<int>();
        var begun = Stopwatch.GetTimestamp();
        string answer;
        while (true)
        {
            (answer, test) = await api.GetAsync<TestResponse>($"/api/v1/tests/{test.Id}", cancel);
            for (var i = 0; i < test.Pairs.Count && !json; i++)
            {
                if (test.Pairs[i].State != TestPairResponse.Waiting && shown.Add(i)) text.Show(test, test.Pairs[i]);
            }

            if (test.State == "done" || Stopwatch.GetElapsedTime(begun) >= patience) break;
            await Task.Delay(LookEvery, cancel);
        }

        if (json) Console.WriteLine(answer);
        else text.End(test, patience);
        return test.Pairs.All(pair => pair.Ok) ? CommandLine.Ok : CommandLine.Failed;
    }
}
