using System.Net.Sockets;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Streams;

namespace Pingmesh.Probing.Dns;

/// <summary>
/// Probes a name server by a query. Phases: <c>connect</c> (over TCP), <c>query</c>. RTT: from the query to the answer.
/// </summary>
/// <remarks>
/// Errors: <c>timeout</c>, <c>refused</c> (port unreachable or closed), <c>closed</c>, <c>bad-answer</c>, <c>bad-status</c> (another response code than
/// wanted), <c>bad-content</c> (too few answers, or a wanted one is missing). Facts: <c>rcode</c>, <c>answers</c>, <c>authoritative</c>, <c>truncated</c>.
/// </remarks>
public sealed class DnsProber : IPlatformProber
{
    private readonly DnsCheck check;
    private readonly ushort type;
    private readonly int responseCode;

    /// <summary>A prober for a check.</summary>
    /// <exception cref="FormatException">The check is impossible; says which field.</exception>
    public DnsProber(DnsCheck check)
    {
        this.check = check;
        type = DnsTypes.FindType(check.Type)
            ?? throw new FormatException($"dns.type: '{check.Type}' is none of {string.Join(", ", DnsTypes.Names)}");
        responseCode = DnsTypes.FindResponseCode(check.ResponseCode)
            ?? throw new FormatException($"dns.response_code: '{check.ResponseCode}' is no response code; write for example NOERROR or NXDOMAIN");
        if (check.MinAnswers is < 0 or > 100) throw new FormatException($"dns.min_answers: {check.MinAnswers}; it goes from 0 to 100");
        _ = DnsMessage.Query(0, check.Name, type);
    }

    /// <inheritdoc/>
    public ProbeKind Kind => ProbeKind.Dns;

    /// <inheritdoc/>
    public Task<ProbeReport> ProbeAsync(PlatformTarget target, CancellationToken cancel) =>
        PlatformProbe.RunAsync(target, (probe, limit) => AskAsync(probe, target, limit), cancel);

    private async Task AskAsync(PlatformProbe probe, PlatformTarget target, CancellationToken cancel)
    {
        var answer = await AskOnceAsync(probe, target, check.OverTcp, cancel).ConfigureAwait(false);
        if (answer.IsTruncated && !check.OverTcp)
        {
            probe.Fact("truncated", "true");
            answer = await AskOnceAsync(probe, target, overTcp: true, cancel).ConfigureAwait(false);
        }

        var texts = answer.Answers.Where(record => record.Type == type).Select(record => record.Text).ToList();
        probe.Fact("rcode", DnsTypes.ResponseCodeName(answer.ResponseCode));
        probe.Fact("answers", string.Join(" | ", texts));
        probe.Fact("authoritative", answer.IsAuthoritative ? "true" : "false");
        if (answer.ResponseCode != responseCode)
            throw new ProbeException(ProbeError.BadStatus, $"the response code is {DnsTypes.ResponseCodeName(answer.ResponseCode)}, not {check.ResponseCode}");
        if (responseCode == DnsTypes.NoError && texts.Count < check.MinAnswers)
            throw new ProbeException(ProbeError.BadContent, $"{texts.Count} answers of type {check.Type}, not {check.MinAnswers} or more");
        if (check.Answers.FirstOrDefault(wanted => !texts.Exists(text => Same(text, wanted))) is { } missing)
            throw new ProbeException(ProbeError.BadContent, $"'{missing}' is not among the answers");
    }

    private async Task<DnsAnswer> AskOnceAsync(PlatformProbe probe, PlatformTarget target, bool overTcp, CancellationToken cancel)
    {
        var query = DnsExchange.NewQuery(check.Name, type);
        using var socket = await ProbeSockets.ConnectAsync(SocketRequest.Of(target, overTcp ? SocketType.Stream : SocketType.Dgram), cancel).ConfigureAwait(false);
        probe.SourcePort = ProbeSockets.PortOf(socket);
        if (overTcp) probe.EndPhase("connect");
        probe.IsConnected = overTcp;
        var answer = overTcp
            ? await DnsExchange.AskOverTcpAsync(socket, query, cancel).ConfigureAwait(false)
            : await DnsExchange.AskOverUdpAsync(socket, query, cancel).ConfigureAwait(false);
        probe.RttNanoseconds = probe.EndPhase("query");
        return answer;
    }

    private static bool Same(string text, string wanted) => text.TrimEnd('.').Equals(wanted.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);
}
