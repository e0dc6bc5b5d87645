using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Dns;

namespace Pingmesh.Probing.Names;

/// <summary>
/// Resolves names to addresses with their TTL, which the platform's resolver does not tell, and each failure to a code of its
/// own. It reads the hosts file first, then asks the name servers of resolv.conf. Thread-safe.
/// </summary>
public sealed class NameResolver
{
    private static readonly TimeSpan HostsTtl = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestTtl = TimeSpan.FromDays(1);

    private readonly Func<ResolverConfiguration> configuration;

    /// <summary>A resolver by this machine's configuration, read anew for each name.</summary>
    public NameResolver()
        : this(ResolverConfiguration.Read)
    {
    }

    /// <summary>A resolver by a configuration.</summary>
    public NameResolver(Func<ResolverConfiguration> configuration) => this.configuration = configuration;

    /// <summary>The family wanted; null for both.</summary>
    public AddressFamily? Family { get; init; }

    /// <summary>Resolves a name; an address stands for itself.</summary>
    public async Task<NameResolution> ResolveAsync(string name, CancellationToken cancel)
    {
        var begun = Stopwatch.GetTimestamp();
        var answer = await FindAsync(name, cancel).ConfigureAwait(false);
        return answer with { Nanoseconds = (long)Stopwatch.GetElapsedTime(begun).TotalNanoseconds };
    }

    /// <summary>The hosts that offer a service (RFC 2782), such as <c>_pingmesh._tcp.example.com</c>: names without a dot at their end, each once, in order.</summary>
    /// <returns>The names, or why there are none.</returns>
    public async Task<(IReadOnlyList<string> Hosts, string? Problem)> FindServiceAsync(string service, CancellationToken cancel)
    {
        var (records, failure) = await AskAsync(service, DnsTypes.Srv, configuration(), cancel).ConfigureAwait(false);
        if (failure is not null) return ([], failure.Problem);

        // Priority, weight, port, target.
        var hosts = records.Where(record => record.Type == DnsTypes.Srv).Select(record => record.Text.Split(' ')[^1].TrimEnd('.'))
            .Where(host => host.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).ToList();
        return hosts.Count > 0 ? (hosts, null) : ([], $"'{service}' names no hosts");
    }

    private async Task<NameResolution> FindAsync(string name, CancellationToken cancel)
    {
        if (IPAddress.TryParse(name, out var literal)) return Found([literal], LongestTtl, name);
        var how = configuration();
        if (how.Hosts.Contains(name.TrimEnd('.'))) return Found([.. how.Hosts[name.TrimEnd('.')].Distinct()], HostsTtl, name);
        NameResolution? first = null;
        foreach (var candidate in Candidates(name, how))
        {
            var answer = await AskAsync(candidate, how, cancel).ConfigureAwait(false);
            if (answer.Error == ProbeError.None) return answer;

            // What a later candidate says is of use only if the one before does not exist at all.
            if (first is null || (first.Error == ProbeError.NameNotFound && answer.Error != ProbeError.NameNotFound)) first = answer;
            if (answer.Error is ProbeError.NameServerTimeout) break;
        }

        return first!;
    }

    private static IEnumerable<string> Candidates(string name, ResolverConfiguration how)
    {
        if (name.EndsWith('.')) return [name];
        var searched = how.Search.Select(domain => $"{name}.{domain}");
        return name.Count(letter => letter == '.') >= how.Dots ? searched.Prepend(name) : searched.Append(name);
    }

    private NameResolution Found(List<IPAddress> addresses, TimeSpan ttl, string name)
    {
        var wanted = addresses.Where(address => Family is null || address.AddressFamily == Family)
            .OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6).ToList();
        return wanted.Count > 0
            ? new NameResolution { Addresses = wanted, Ttl = ttl < LongestTtl ? ttl : LongestTtl }
            : Failed(ProbeError.NameWithoutAddress, $"'{name}' has no {(Family is null ? "" : Family == AddressFamily.InterNetwork ? "IPv4 " : "IPv6 ")}address");
    }

    private static NameResolution Failed(ProbeError error, string problem) => new() { Error = error, Problem = problem };

    private async Task<NameResolution> AskAsync(string name, ResolverConfiguration how, CancellationToken cancel)
    {
        ushort[] types = Family switch
        {
            AddressFamily.InterNetwork => [DnsTypes.A],
            AddressFamily.InterNetworkV6 => [DnsTypes.Aaaa],
            _ => [DnsTypes.A, DnsTypes.Aaaa],
        };
        var answers = await Task.WhenAll(types.Select(type => AskAsync(name, type, how, cancel))).ConfigureAwait(false);
        var records = answers.SelectMany(answer => answer.Records).ToList();
        var addresses = records.Where(record => record.Type is DnsTypes.A or DnsTypes.Aaaa).Select(record => IPAddress.Parse(record.Text)).Distinct().ToList();
        if (addresses.Count > 0) return Found(addresses, records.Min(record => record.Ttl), name);
        if (Array.Find(answers, answer => answer.Failure is not null).Failure is { } failure) return failure;
        return Found([], default, name);
    }

    private static async Task<(IReadOnlyList<DnsRecord> Records, NameResolution? Failure)> AskAsync(
        string name, ushort type, ResolverConfiguration how, CancellationToken cancel)
    {
        NameResolution? failure = null;
        byte[] query;
        try
        {
            query = DnsExchange.NewQuery(name, type);
        }
        catch (FormatException error)
        {
            return ([], Failed(ProbeError.NameNotFound, error.Message));
        }

        for (var attempt = 0; attempt < how.Attempts; attempt++)
        {
            foreach (var server in how.Servers)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                limit.CancelAfter(how.Timeout);
                try
                {
                    var answer = await DnsExchange.AskAsync(server, query, limit.Token).ConfigureAwait(false);
                    if (answer.ResponseCode == DnsTypes.NoError) return (answer.Answers, null);
                    if (answer.ResponseCode == DnsTypes.NoSuchName) return ([], Failed(ProbeError.NameNotFound, $"'{name}' does not exist, says {server}"));
                    failure = Failed(ProbeError.NameServerFailure, $"{server} answered {DnsTypes.ResponseCodeName(answer.ResponseCode)} for '{name}'");
                }
                catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
                {
                    failure ??= Failed(ProbeError.NameServerTimeout, $"no name server answered for '{name}'; {server} was asked last");
                }
                catch (Exception error) when (error is SocketException or IOException or FormatException)
                {
                    failure = Failed(ProbeError.NameServerFailure, $"{server} could not be asked for '{name}': {error.Message}");
                }
            }

            // Asked again only where nothing was heard: a failure that was told will be told again.
            if (failure?.Error != ProbeError.NameServerTimeout) break;
        }

        return ([], failure);
    }
}
