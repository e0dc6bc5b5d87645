using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Pingmesh.Core.Probes;

namespace Pingmesh.Probing.Streams;

/// <summary>One probe on the platform's stack while it is made: its phases, facts and end.</summary>
internal sealed class PlatformProbe
{
    private readonly PlatformTarget target;
    private readonly List<ProbePhase> phases = [];
    private readonly List<KeyValuePair<string, string>> facts = [];
    private readonly long startedUnixMicroseconds = TimeProvider.System.UnixMicroseconds();
    private long mark = Stopwatch.GetTimestamp();

    private PlatformProbe(PlatformTarget target) => this.target = target;

    /// <summary>The source port, once there is one.</summary>
    public ushort SourcePort { get; set; }

    /// <summary>Whether the transport is connected: an answer that does not come then is a time-out of another kind.</summary>
    public bool IsConnected { get; set; }

    /// <summary>The kind's RTT, nanoseconds.</summary>
    public long RttNanoseconds { get; set; }

    /// <summary>Why the TLS layer refused the certificate; set by its check.</summary>
    public string? CertificateProblem { get; set; }

    /// <summary>Makes a probe, within the target's time-out, and turns whatever ends it into a report.</summary>
    public static async Task<ProbeReport> RunAsync(PlatformTarget target, Func<PlatformProbe, CancellationToken, Task> work, CancellationToken cancel)
    {
        var probe = new PlatformProbe(target);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(target.Timeout);
        try
        {
            await work(probe, limit.Token).ConfigureAwait(false);
            return probe.Report(ProbeError.None, null);
        }
#pragma warning disable CA1031 // A probe reports whatever ends it; only a wish to stop goes through.
        catch (Exception error) when (!cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var (code, problem) = probe.Explain(error);
            return probe.Report(code, problem);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new OperationCanceledException("the probe was given up", error, cancel);
        }
    }

    /// <summary>Ends a phase that began where the one before ended.</summary>
    /// <returns>Its nanoseconds.</returns>
    public long EndPhase(string name)
    {
        var now = Stopwatch.GetTimestamp();
        var nanoseconds = (long)Stopwatch.GetElapsedTime(mark, now).TotalNanoseconds;
        mark = now;
        phases.Add(new ProbePhase(name, nanoseconds));
        return nanoseconds;
    }

    /// <summary>Sum of the phases so far, nanoseconds.</summary>
    public long Total() => phases.Sum(phase => phase.Nanoseconds);

    /// <summary>Keeps a fact.</summary>
    public void Fact(string name, string value) => facts.Add(new(name, value));

    /// <summary>Keeps a fact.</summary>
    public void Fact(string name, IFormattable value) => Fact(name, value.ToString(null, CultureInfo.InvariantCulture));

    private ProbeReport Report(ProbeError error, string? problem) => new()
    {
        StartedUnixMicroseconds = startedUnixMicroseconds,
        Error = error,
        Problem = problem,
        RttNanoseconds = RttNanoseconds,
        SourcePort = SourcePort,
        Phases = phases,
        Facts = facts,
    };

    private (ProbeError Code, string Problem) Explain(Exception error)
    {
        // The outermost exception of the platform says "the request failed"; what failed is further in.
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case ProbeException known:
                    return (known.Error, known.Message);
                case AuthenticationException when CertificateProblem is not null:
                    return (ProbeError.BadCertificate, CertificateProblem);
                case SocketException socket:
                    return (ProbeSockets.ToProbeError(socket.SocketErrorCode), socket.Message);
                case OperationCanceledException:
                    return (
                        IsConnected ? ProbeError.AnswerTimeout : ProbeError.Timeout,
                        string.Create(CultureInfo.InvariantCulture, $"{(IsConnected ? "connected, but no answer" : "no answer")} within {target.Timeout.TotalSeconds} s"));
                case HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } or EndOfStreamException:
                    return (ProbeError.Closed, "the peer closed the connection before it had answered");
                case HttpProtocolException or HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse } or HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError }:
                    return (ProbeError.BadAnswer, inner.Message);
                case AuthenticationException:
                    return (ProbeError.TlsFailed, inner.InnerException?.Message ?? inner.Message);
                case FormatException or InvalidDataException:
                    return (ProbeError.BadAnswer, inner.Message);
            }
        }

        return (ProbeError.Other, error.Message);
    }
}

/// <summary>A probe failed in a way that has a code of its own.</summary>
/// <param name="error">The code.</param>
/// <param name="problem">What went wrong, as a sentence.</param>
internal sealed class ProbeException(ProbeError error, string problem) : Exception(problem)
{
    public ProbeError Error { get; } = error;
}
