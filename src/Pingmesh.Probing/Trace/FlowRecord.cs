using System.Net;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Datagrams;

namespace Pingmesh.Probing.Trace;

/// <summary>What was sent and what came back of one flow while a trace goes on. Packet <c>n</c> is try <c>n / hops</c> of TTL <c>n % hops + 1</c>.</summary>
internal sealed class FlowRecord(int sourcePort, TraceRequest request)
{
    private readonly ClockPair[] sent = new ClockPair[request.MaxHops * request.Tries];
    private readonly bool[] answered = new bool[request.MaxHops * request.Tries];
    private readonly List<(int Ttl, IPAddress From, ProbeError Error, long? Rtt)> answers = [];

    /// <summary>Last TTL of use: where the target, or somebody who says that the path ends, answered.</summary>
    public int Last { get; private set; } = request.MaxHops;

    /// <summary>The flow's source port.</summary>
    public int SourcePort => sourcePort;

    /// <summary>Whether nothing more is to be waited for: each packet up to the path's end was answered.</summary>
    public bool IsComplete
    {
        get
        {
            for (var number = 0; number < sent.Length; number++)
            {
                if (number % request.MaxHops < Last && sent[number] != default && !answered[number]) return false;
            }

            return true;
        }
    }

    /// <summary>Number of the packet of a TTL and try.</summary>
    public int NumberOf(int ttl, int attempt) => (attempt * request.MaxHops) + ttl - 1;

    public void Sent(int number, ClockPair when) => sent[number] = when;

    /// <summary>Takes an answer; false when the packet was never sent, or has been answered before.</summary>
    public bool Take(int number, IPAddress from, ProbeError error, long arrived)
    {
        if (number >= sent.Length || sent[number] == default || answered[number]) return false;
        answered[number] = true;

        // Between two steps of the clock there is no time to tell.
        long? rtt = ClockPair.Now().SteppedSince(sent[number]) ? null : arrived - sent[number].Unix;
        var ttl = (number % request.MaxHops) + 1;
        answers.Add((ttl, from, error, rtt >= 0 ? rtt : null));
        if (error != ProbeError.TtlExceeded) Last = Math.Min(Last, ttl);
        return true;
    }

    /// <summary>The hops as far as they were asked.</summary>
    public FlowTrace Finish() => new(sourcePort, [.. Enumerable.Range(1, Last).Select(HopOf).TakeWhile(hop => hop.Sent > 0)]);

    private TraceHop HopOf(int ttl)
    {
        var of = answers.Where(answer => answer.Ttl == ttl).GroupBy(answer => (answer.From, answer.Error)).Select(same => new HopAnswer(
            same.Key.From,
            same.Key.Error is ProbeError.None or ProbeError.Refused && same.Key.From.Equals(request.Target),
            same.Key.Error,
            [.. same.Where(answer => answer.Rtt is not null).Select(answer => answer.Rtt!.Value)],
            same.Count()));
        var asked = Enumerable.Range(0, request.Tries).Count(attempt => sent[NumberOf(ttl, attempt)] != default);
        return new TraceHop(ttl, asked, [.. of]);
    }
}
