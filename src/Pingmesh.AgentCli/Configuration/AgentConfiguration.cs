using System.Net;
using Pingmesh.Agent;
using Pingmesh.AgentCli.Running;
using Pingmesh.Core;

namespace Pingmesh.AgentCli.Configuration;

/// <summary>All settings of an agent process.</summary>
internal sealed record AgentConfiguration(IReadOnlyList<string> Hosts, Uri? Server, AgentSettings Template, LogSettings Log)
{
    public static readonly Setting ServerSetting = new("server", "URL", "The server, such as http://10.0.0.1:9000.");
    public static readonly Setting TokenSetting = new("token", "TOKEN", "The agents' token, which the server prints when it starts.");
    public static readonly Setting TokenFileSetting = new("token_file", "FILE", "File that holds the token, so that no process list shows it.");

    public static readonly Setting HostSetting = new(
        "host", "NAME", "Host of the topology to speak for; default this machine's name. Given several times, several agents run in this process, each at its own address of the topology.",
        repeatable: true);

    public static readonly Setting AddressSetting = new(
        "address", "ADDRESS", "Address to probe from and to answer at; default: answer at every address, probe from the topology's.", repeatable: true);

    public static readonly Setting SpoolSetting = new("spool", "DIR", "Folder for measurements that cannot be uploaded; default /var/lib/pingmesh/spool for root.");
    public static readonly Setting SpoolLimitSetting = new("spool_limit_mb", "N", "Most megabytes of the spool; default 64.");
    public static readonly Setting ResponderPortSetting = new("responder_port", "PORT", "Port that answers probes; default 58100.");
    public static readonly Setting MetricsPortSetting = new("metrics_port", "PORT", "Port of /metrics, /healthz and /readyz; default 58101, 0 for none.");
    public static readonly Setting SyncIntervalSetting = new("sync_interval", "DURATION", "Time between two requests for the pinglist; default 30s.");
    public static readonly Setting UploadIntervalSetting = new("upload_interval", "DURATION", "Time between two uploads; default 5s.");

    public static IReadOnlyList<Setting> All { get; } =
    [
        ConfigurationFile.Path, ServerSetting, TokenSetting, TokenFileSetting, HostSetting, AddressSetting, SpoolSetting, SpoolLimitSetting,
        ResponderPortSetting, MetricsPortSetting, SyncIntervalSetting, UploadIntervalSetting, LogSettings.LevelSetting, LogSettings.FormatSetting,
    ];

    public static AgentConfiguration Read(SettingSource source)
    {
        var hosts = source.List(HostSetting);
        var server = source.Read(ServerSetting, ParseServer);
        var template = new AgentSettings
        {
            Host = "",
            Server = server ?? new Uri("http://127.0.0.1"),
            Token = ReadToken(source),
            SpoolFolder = source.Text(SpoolSetting) ?? Path.Combine(StateFolder.Default, "spool"),
            SpoolLimit = (long)(source.WholeNumber(SpoolLimitSetting, 1, 1 << 20) ?? 64) << 20,
            Addresses = source.Read(AddressSetting, ParseAddresses) ?? [],
            AnswerAtPinglistAddresses = hosts.Count > 1,
            ResponderPort = source.WholeNumber(ResponderPortSetting, 1, ushort.MaxValue) ?? Ports.Responder,
            MetricsPort = source.WholeNumber(MetricsPortSetting, 0, ushort.MaxValue) ?? Ports.AgentMetrics,
            SyncInterval = source.Duration(SyncIntervalSetting, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)) ?? TimeSpan.FromSeconds(30),
            UploadInterval = source.Duration(UploadIntervalSetting, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)) ?? TimeSpan.FromSeconds(5),
            Version = ProgramVersion.Text,
        };
        return new AgentConfiguration(hosts, server, template, LogSettings.Read(source));
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
