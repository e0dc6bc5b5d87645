using System.Globalization;
using System.Net;
using Pingmesh.Agent.Observe;
using Pingmesh.Agent;
using Pingmesh.AgentCli.Running;
using Pingmesh.Core;
using Pingmesh.Core.Pinglists;

namespace Pingmesh.AgentCli.Configuration;

/// <summary>All settings of an agent process.</summary>
internal sealed record AgentConfiguration(IReadOnlyList<string> Hosts, string? HostsFile, string? Netns, Uri? Server, AgentSettings Template, LogSettings Log)
{
    public static readonly Setting ServerSetting = new("server", "URL", "The server, such as http://10.0.0.1:9000.");
    public static readonly Setting TokenSetting = new("token", "TOKEN", "The agents' token, which the server prints when it starts.");
    public static readonly Setting TokenFileSetting = new("token_file", "FILE", "File that holds the token, so that no process list shows it.");

    public static readonly Setting HostSetting = new(
        "host", "NAME", "Host of the topology to speak for; default this machine's name. Given several times, several agents run in this process, each at its own address of the topology.",
        repeatable: true);

    public static readonly Setting HostsFileSetting = new(
        "hosts_file", "FILE", "File that names the hosts to speak for, one a line, followed while it changes; instead of --host.");

    public static readonly Setting NetnsSetting = new(
        "netns", "PATH", "Network namespace to probe and to answer in, such as /run/netns/{host} with {host} for the host's name; the server is spoken to from this process's own.");

    public static readonly Setting AddressSetting = new(
        "address", "ADDRESS", "Address to probe from and to answer at; default: answer at every address, probe from the topology's.", repeatable: true);

    public static readonly Setting TlsCaSetting = new("tls_ca", "FILE", "PEM file of the authorities to trust for the server, instead of the system's.");
    public static readonly Setting TlsCertSetting = new("tls_cert", "FILE", "PEM file of this agent's certificate, whose name is the host's.");
    public static readonly Setting TlsKeySetting = new("tls_key", "FILE", "PEM file of its key.");
    public static readonly Setting LabelsSetting = new("labels", "NAME=VALUE,...", "What this host tells of itself, such as dc=dc1,pod=pod3, for a server that takes in agents by their labels.", repeatable: true, alias: "--label");
    public static readonly Setting SpoolSetting = new("spool", "DIR", "Folder for measurements that cannot be uploaded; default /var/lib/pingmesh/spool for root.");
    public static readonly Setting SpoolLimitSetting = new("spool_limit_mb", "N", "Most megabytes of the spool; default 64.");
    public static readonly Setting ResponderPortSetting = new("responder_port", "PORT", "Port that answers probes; default 58100.");
    public static readonly Setting MetricsPortSetting = new("metrics_port", "PORT", "Port of /metrics, /healthz and /readyz; default 58101, 0 for none.");
    public static readonly Setting QosPortSetting = new("qos_responder_port", "PORT", "Port that answers probes of the second QoS class; default 58102, 0 for none.");
    public static readonly Setting QosDscpSetting = new("qos_dscp", "DSCP", "DSCP of the second responder's own packets, 0 to 63; default 8 (CS1).");
    public static readonly Setting MaxRateSetting = new("max_probes_per_second", "N", "Most probes a second, 1 to 1000; default 1000, which no setting exceeds.");
    public static readonly Setting MaxPendingSetting = new("max_pending", "N", "Most probes under way, 1 to 10000; default 10000, which no setting exceeds.");
    public static readonly Setting MaxPayloadSetting = new("max_payload", "BYTES", "Most bytes of payload, 0 to 65536; default 65536, which no setting exceeds.");
    public static readonly Setting CpuBudgetSetting = new("cpu_budget", "PERCENT", "CPU of one core, averaged over a minute, above which probing is suspended, 0.1 to 100; default 5 for each host spoken for.");
    public static readonly Setting MemoryBudgetSetting = new("memory_budget_mb", "N", "Resident megabytes above which probing is suspended, 16 to 65536; default 100, and 20 for each further host.");
    public static readonly Setting RawLogSetting = new("raw_log", "FILE", "Log every single result to this file; off by default.");
    public static readonly Setting RawLogFormatSetting = new("raw_log_format", "FORMAT", "csv or jsonl; default csv.");
    public static readonly Setting RawLogLimitSetting = new("raw_log_limit_mb", "N", "Most megabytes of the raw log and the file before it; default 64.");
    public static readonly Setting SyncIntervalSetting = new("sync_interval", "DURATION", "Time between two requests for the pinglist; default 30s.");
    public static readonly Setting UploadIntervalSetting = new("upload_interval", "DURATION", "Time between two uploads; default 5s.");

    private const long MemoryPerFurtherHost = 20L << 20;

    private static readonly Dictionary<string, RawResultFormat> RawLogFormats = new() { ["csv"] = RawResultFormat.Csv, ["jsonl"] = RawResultFormat.JsonLines };

    public static IReadOnlyList<Setting> All { get; } =
    [
        ConfigurationFile.Path, ServerSetting, TokenSetting, TokenFileSetting, HostSetting, HostsFileSetting, NetnsSetting, AddressSetting, TlsCaSetting, TlsCertSetting, TlsKeySetting, LabelsSetting, SpoolSetting, SpoolLimitSetting,
        ResponderPortSetting, QosPortSetting, QosDscpSetting, MetricsPortSetting, SyncIntervalSetting, UploadIntervalSetting, MaxRateSetting,
        MaxPendingSetting, MaxPayloadSetting, CpuBudgetSetting, MemoryBudgetSetting, RawLogSetting, RawLogFormatSetting, RawLogLimitSetting, LogSettings.LevelSetting, LogSettings.FormatSetting,
    ];

    public static AgentConfiguration Read(SettingSource source)
    {
        var hosts = source.List(HostSetting);
        var hostsFile = source.Text(HostsFileSetting);
        var server = source.Read(ServerSetting, ParseServer);
        var limits = ReadLimits(source);
        var template = new AgentSettings
        {
            Host = "",
            Server = server ?? new Uri("http://127.0.0.1"),
            Token = ReadToken(source),
            SpoolFolder = source.Text(SpoolSetting) ?? Path.Combine(StateFolder.Default, "spool"),
            SpoolLimit = (long)(source.WholeNumber(SpoolLimitSetting, 1, 1 << 20) ?? 64) << 20,
            Addresses = source.Read(AddressSetting, ParseAddresses) ?? [],
            TlsAuthority = source.Text(TlsCaSetting),
            TlsCertificate = source.Text(TlsCertSetting),
            TlsKey = source.Text(TlsKeySetting),
            Labels = source.Read(LabelsSetting, ParseLabels) ?? new Dictionary<string, string>(),
            AnswerAtPinglistAddresses = hosts.Count > 1 || hostsFile is not null,
            ResponderPort = source.WholeNumber(ResponderPortSetting, 1, ushort.MaxValue) ?? Ports.Responder,
            QosResponderPort = source.WholeNumber(QosPortSetting, 0, ushort.MaxValue) ?? Ports.QosResponder,
            QosDscp = (byte)(source.WholeNumber(QosDscpSetting, 0, 63) ?? 8),
            RawLog = ReadRawLog(source),
            Limits = () => limits,
            MetricsPort = source.WholeNumber(MetricsPortSetting, 0, ushort.MaxValue) ?? Ports.AgentMetrics,
            SyncInterval = source.Duration(SyncIntervalSetting, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)) ?? TimeSpan.FromSeconds(30),
            UploadInterval = source.Duration(UploadIntervalSetting, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)) ?? TimeSpan.FromSeconds(5),
            Version = ProgramVersion.Text,
        };
        return new AgentConfiguration(hosts, hostsFile, source.Text(NetnsSetting), server, template, LogSettings.Read(source));
    }

    /// <summary>The limits, which may change while the agent runs.</summary>
    public static AgentLimits ReadLimits(SettingSource source)
    {
        // A process that speaks for many hosts does the work of many.
        var hosts = source.Text(HostsFileSetting) is { } file ? Running.HostsFile.CountIn(file) : Math.Max(1, source.List(HostSetting).Count);
        var defaults = AgentLimits.Default;
        return new AgentLimits
        {
            MaxProbesPerSecond = source.WholeNumber(MaxRateSetting, 1, HardLimits.MaxProbesPerSecond) ?? defaults.MaxProbesPerSecond,
            MaxPending = source.WholeNumber(MaxPendingSetting, 1, AgentLimits.HardMaxPending) ?? defaults.MaxPending,
            MaxPayloadBytes = source.WholeNumber(MaxPayloadSetting, 0, HardLimits.MaxPayloadBytes) ?? defaults.MaxPayloadBytes,
            CpuBudget = source.Read(CpuBudgetSetting, ParsePercent) / 100 ?? defaults.CpuBudget * hosts,
            MemoryBudget = (long?)source.WholeNumber(MemoryBudgetSetting, 16, 65_536) << 20 ?? defaults.MemoryBudget + ((hosts - 1) * MemoryPerFurtherHost),
        };
    }

    private static (double? Value, string? Problem) ParsePercent(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0.1 and <= 100
            ? (percent, null)
            : (null, $"'{text}' is no number from 0.1 to 100");

    private static (IReadOnlyDictionary<string, string>? Value, string? Problem) ParseLabels(string text)
    {
        try
        {
            return (AgentIdentity.Read(text), null);
        }
        catch (FormatException error)
        {
            return (null, error.Message);
        }
    }

    private static RawResultLogSettings? ReadRawLog(SettingSource source)
    {
        var format = source.OneOf(RawLogFormatSetting, RawLogFormats) ?? RawResultFormat.Csv;
        var limit = (long)(source.WholeNumber(RawLogLimitSetting, 1, 1 << 20) ?? 64) << 20;
        return source.Text(RawLogSetting) is { } path ? new RawResultLogSettings(path, format, limit) : null;
    }

    /// <summary>Reads everything for the sake of its errors.</summary>
    public static void Check(SettingSource source) => Read(source);

    private static (Uri? Value, string? Problem) ParseServer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.AbsolutePath is "/"
            ? (uri, null)
            : (null, $"'{text}' is no server address; write for example http://10.0.0.1:{Ports.Server}");

    private static (IReadOnlyList<IPAddress>? Value, string? Problem) ParseAddresses(string text)
    {
        var addresses = new List<IPAddress>();
        foreach (var part in SettingSource.Split(text))
        {
            if (!IPAddress.TryParse(part, out var address)) return (null, $"'{part}' is no IP address");
            addresses.Add(address);
        }

        return (addresses, null);
    }

    private static string? ReadToken(SettingSource source)
    {
        var token = source.Text(TokenSetting);
        if (source.Text(TokenFileSetting) is not { } path) return token;
        if (token is not null) throw new UsageException($"{TokenSetting.Flag} and {TokenFileSetting.Flag} are both given; keep one");
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"the token file {path} cannot be read: {error.Message}");
        }
    }
}
