using System.Diagnostics;
using System.Runtime.InteropServices;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Trace;

/// <summary>
/// Finds the switches on the paths of flows: packets with the flow's own five-tuple, so that every ECMP switch sends them where
/// it sends the flow, leave with a time to live of 1, 2, 3 and so on, and the switch at which one expires names itself by ICMP. All hops of all
/// flows are asked in parallel, within a rate. The labels that IPv6 puts on flows are the kernel's choice: switches
/// that hash them may lead a trace elsewhere.
/// </summary>
public static class PathTracer
{
    // Between two tries of a hop: switches answer few expired packets at a time, and a target that has just been opened to has to forget it.
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);

    // A trace that got behind does not catch up by more packets at once than this time holds.
    private static readonly TimeSpan MostBehind = TimeSpan.FromMilliseconds(10);

    /// <summary>Why this process cannot trace, as a sentence that names the remedy; null when it can.</summary>
    /// <param name="ipv6">Whether over IPv6.</param>
    public static string? WhyUnavailable(bool ipv6) => TraceSockets.WhyUnavailable(ipv6);

    /// <summary>Traces; takes the calling thread until it is done.</summary>
    /// <param name="request">What to trace.</param>
    /// <param name="cancel">Ends it early, with what is known by then.</param>
    /// <exception cref="TraceException">No capability, no route, or a source port that is in use; says which.</exception>
    /// <exception cref="ArgumentException">The request is out of range.</exception>
    public static TraceResult Trace(TraceRequest request, CancellationToken cancel = default)
    {
        request.Check();
        using var sockets = new TraceSockets(request, (uint)Entropy.Next());
        var flows = sockets.SourcePorts.Select(port => new FlowRecord(port, request)).ToList();
        var byPort = flows.ToDictionary(flow => flow.SourcePort);
        var gap = TimeSpan.FromSeconds(1.0 / request.Rate);
        var due = TimeSpan.Zero;
        var begun = Stopwatch.GetTimestamp();

        for (var attempt = 0; attempt < request.Tries; attempt++)
        {
            due = Later(due, BetweenTries * attempt);
            for (var ttl = 1; ttl <= request.MaxHops; ttl++)
            {
                for (var flow = 0; flow < flows.Count; flow++)
                {
                    if (ttl > flows[flow].Last) continue;
                    AwaitUntil(due);
                    if (cancel.IsCancellationRequested) return Finish();

                    // What came meanwhile may have said that the path is shorter.
                    if (ttl > flows[flow].Last) continue;
                    var number = flows[flow].NumberOf(ttl, attempt);
                    var errno = sockets.Send(flow, number, ttl, out var sent);
                    if (errno != 0) throw new TraceException($"no packet to {request.Target} could be sent: {Marshal.GetPInvokeErrorMessage(errno)}");
                    flows[flow].Sent(number, sent);
                    due = Later(due + gap, Stopwatch.GetElapsedTime(begun) - MostBehind);
                }
            }
        }

        AwaitUntil(Stopwatch.GetElapsedTime(begun) + request.Timeout, untilAllAnswered: true);
        return Finish();

        TraceResult Finish() => new(sockets.Source, [.. flows.Select(flow => flow.Finish())]);

        void AwaitUntil(TimeSpan when, bool untilAllAnswered = false)
        {
            while (true)
            {
                sockets.Receive((answer, from, arrived) =>
                {
                    if (answer.Error is ProbeError.None && !from.Equals(request.Target)) return;
                    if (byPort.TryGetValue(answer.SourcePort, out var flow)) flow.Take(answer.Number, from, answer.Error, arrived);
                });
                var left = when - Stopwatch.GetElapsedTime(begun);
                if (left <= TimeSpan.Zero || cancel.IsCancellationRequested) return;
                if (untilAllAnswered && flows.TrueForAll(flow => flow.IsComplete)) return;
                sockets.Wait(Later(TimeSpan.Zero, left));
            }
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
