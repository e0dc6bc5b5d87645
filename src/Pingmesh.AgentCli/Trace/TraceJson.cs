using System.Text.Json;
using System.Text.Json.Serialization;
using Pingmesh.AgentCli.Targets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Trace;

namespace Pingmesh.AgentCli.Trace;

/// <summary>What trace prints for machines: each flow with its hops. Times in microseconds.</summary>
internal sealed record TraceJson(
    string Target, string Address, int Port, string Protocol, string Source, int Tries, bool Reached, IReadOnlyList<FlowJson> Flows)
{
    public static string Write(Target target, TraceRequest request, TraceResult trace) => JsonSerializer.Serialize(
        new TraceJson(
            target.Name, target.Address.ToString(), request.Port, request.Protocol.Name(), trace.Source.ToString(), request.Tries,
            trace.Flows.All(flow => flow.Reached), [.. trace.Flows.Select(FlowJson.Of)]),
        TraceJsonContext.Default.TraceJson);
}

/// <summary>A flow.</summary>
internal sealed record FlowJson(int SourcePort, bool Reached, IReadOnlyList<HopJson> Hops)
{
    public static FlowJson Of(FlowTrace flow) => new(flow.SourcePort, flow.Reached, [.. flow.Hops.Select(HopJson.Of)]);
}

/// <summary>A hop of a flow.</summary>
internal sealed record HopJson(int Ttl, int Sent, int Answered, IReadOnlyList<HopAnswerJson> Answers)
{
    public static HopJson Of(TraceHop hop) => new(hop.Ttl, hop.Sent, hop.Answered, [.. hop.Answers.Select(HopAnswerJson.Of)]);
}

/// <summary>Who answered: <c>ttl-exceeded</c> of a router, <c>none</c> of a target that accepts the flow.</summary>
internal sealed record HopAnswerJson(string Address, bool IsTarget, string Error, int Count, IReadOnlyList<double> RttsUs)
{
    public static HopAnswerJson Of(HopAnswer answer) =>
        new(answer.Address.ToString(), answer.IsTarget, answer.Error.Name(), answer.Count, [.. answer.Rtts.Select(rtt => Math.Round(rtt / 1e3, 3))]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TraceJson))]
internal sealed partial class TraceJsonContext : JsonSerializerContext;
