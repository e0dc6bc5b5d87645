using System.Net;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Sources;
using Pingmesh.Controller.Sources.Kubernetes;
using Pingmesh.Core;
using Pingmesh.Probing.Names;
using Pingmesh.Server;
using Pingmesh.Server.Access;

namespace Pingmesh.Cli.Configuration;

/// <summary>All settings of the server.</summary>
internal sealed record ServerConfiguration(
    IReadOnlyList<IPEndPoint> Listen, string Data, TopologySettings Topology, MeshSettings Mesh, string? MeshFile, StoreConfiguration Store, string? ServicesFile, int? MetricsScopes, TlsSettings Tls, string? ApiKeysFile, TrustedProxy? Proxy,
    bool Insecure, LogSettings Log)
{
    public static readonly Setting ListenSetting =
        new("listen", "ADDRESS:PORT", "Where to listen; default *:9000. Beyond loopback, requests need a token.");

    public static readonly Setting DataSetting = new("data", "DIR", "Folder for the store and the tokens; default /var/lib/pingmesh for root.");
    public static readonly Setting TopologySetting =
        new("topology", "FILE", "Topology files, YAML or .csv: who is in the mesh. Followed while they change; may be repeated.", repeatable: true);

    public static readonly Setting FileSdSetting = new("file_sd", "FILE", "Documents of Prometheus's file_sd, followed while they change; may be repeated.", repeatable: true);
    public static readonly Setting HttpSdSetting = new("http_sd", "URL", "Documents of Prometheus's http_sd, asked for again and again; may be repeated.", repeatable: true);
    public static readonly Setting DnsSrvSetting = new("dns_srv", "NAME", "Services in the DNS whose SRV records name hosts, such as _pingmesh._tcp.dc1.example.com; may be repeated.", repeatable: true);
    public static readonly Setting KubernetesSetting = new("kubernetes", "in-cluster|URL", "A Kubernetes cluster whose nodes with an agent's pod are hosts.");
    public static readonly Setting KubernetesSelectorSetting = new("kubernetes_selector", "SELECTOR", "Labels of the agents' pods; default app=pingmesh-agent; 'nodes' takes every node.");
    public static readonly Setting KubernetesLabelsSetting =
        new("kubernetes_labels", "LEVEL=LABEL,...", "Labels of a node that say where it is; default dc, podset and pod by topology.kubernetes.io/region, /zone and /rack.", repeatable: true);

    public static readonly Setting KubernetesTokenSetting = new("kubernetes_token_file", "FILE", "Token for the cluster's API, outside of it.");
    public static readonly Setting KubernetesCaSetting = new("kubernetes_ca", "FILE", "PEM file of the authority of the cluster's API, outside of it.");
    public static readonly Setting SdLabelsSetting =
        new("sd_labels", "LEVEL=LABEL,...", "Labels that say where a host is; default host=host,dc=dc,podset=podset,pod=pod.", repeatable: true);

    public static readonly Setting SdIntervalSetting = new("sd_interval", "DURATION", "Time between two questions to a service; default 30s.");
    public static readonly Setting RegisterSetting =
        new("register", "true|false", "Whether agents that no other source knows join the mesh by their labels; default true where no other source is given.");

    public static readonly Setting LeaveAfterSetting = new("leave_after", "DURATION", "How long a registered host may be silent before it leaves the mesh; default 1h.");
    public static readonly Setting TlsCertSetting = new("tls_cert", "FILE", "PEM file of the server's certificate: speak TLS. Followed while it changes.");
    public static readonly Setting TlsKeySetting = new("tls_key", "FILE", "PEM file of its key.");
    public static readonly Setting ClientCaSetting = new("client_ca", "FILE", "PEM file of the authority of agents' certificates, whose name is their host's.");
    public static readonly Setting ApiKeysSetting = new("api_keys", "FILE", "API keys of people and tools, see 'pingmesh key new'. Followed while it changes.");
    public static readonly Setting ProxySetting = new("trusted_proxy", "NETWORK,...", "Addresses of a reverse proxy that signs people in, such as 10.0.0.5/32.", repeatable: true);
    public static readonly Setting ProxyRoleSetting = new("proxy_role_header", "NAME", "Header in which it says the role; default X-Pingmesh-Role.");
    public static readonly Setting ProxyUserSetting = new("proxy_user_header", "NAME", "Header in which it says the user; default X-Forwarded-User.");
    public static readonly Setting InsecureSetting = new("insecure", "true|false", "Whether to ask for no token though others can reach the server; default false.");
    public static readonly Setting MeshSetting = new("mesh", "FILE", "Mesh file: the graphs, and the caps over them. Followed while it changes.");

    public static readonly Setting ServicesSetting = new("services", "FILE", "Services file: named sets of hosts whose SLA is told. Followed while it changes.");
    public static readonly Setting MetricsScopesSetting = new("metrics_scopes", "N", "Most scopes whose SLA stands in /metrics, the widest first; default 1000.");

    private static readonly Dictionary<string, bool> Words = new() { ["true"] = true, ["false"] = false };

    public static IReadOnlyList<Setting> All { get; } =
        [
            ConfigurationFile.Path, ListenSetting, DataSetting, TopologySetting, FileSdSetting, HttpSdSetting, DnsSrvSetting, KubernetesSetting, KubernetesSelectorSetting,
            KubernetesLabelsSetting, KubernetesTokenSetting, KubernetesCaSetting, SdLabelsSetting, SdIntervalSetting, RegisterSetting,
            LeaveAfterSetting, MeshSetting, ServicesSetting, MetricsScopesSetting, .. StoreConfiguration.All, TlsCertSetting, TlsKeySetting, ClientCaSetting, ApiKeysSetting, ProxySetting, ProxyRoleSetting, ProxyUserSetting, InsecureSetting, .. MeshConfiguration.All, LogSettings.LevelSetting, LogSettings.FormatSetting,
        ];

    public static ServerConfiguration Read(SettingSource source) => new(
        source.Read(ListenSetting, ListenAddress.Parse) ?? ListenAddress.Parse($"*:{Ports.Server}").Value!,
        source.Text(DataSetting) ?? StateFolder.Default,
        ReadTopology(source),
        MeshConfiguration.Read(source),
        source.Text(MeshSetting),
        StoreConfiguration.Read(source),
        source.Text(ServicesSetting),
        source.WholeNumber(MetricsScopesSetting, 0, 1_000_000),
        new TlsSettings(source.Text(TlsCertSetting), source.Text(TlsKeySetting), source.Text(ClientCaSetting)),
        source.Text(ApiKeysSetting),
        ReadProxy(source),
        source.OneOf(InsecureSetting, Words) ?? false,
        LogSettings.Read(source));

    /// <summary>Reads everything for the sake of its errors.</summary>
    public static void Check(SettingSource source) => Read(source);

    private static TopologySettings ReadTopology(SettingSource source)
    {
        var defaults = new TopologySettings();
        var settings = new TopologySettings
        {
            Files = source.List(TopologySetting),
            DiscoveryFiles = source.List(FileSdSetting),
            DiscoveryUrls = source.Read(HttpSdSetting, ParseUrls) ?? [],
            DnsServices = source.List(DnsSrvSetting),
            FindService = new NameResolver().FindServiceAsync,
            Kubernetes = ReadKubernetes(source),
            Labels = source.Read(SdLabelsSetting, text => ParseMapping(text, defaults.Labels)) ?? defaults.Labels,
            PollInterval = source.Duration(SdIntervalSetting, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)) ?? defaults.PollInterval,
            LeaveAfter = source.Duration(LeaveAfterSetting, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)) ?? defaults.LeaveAfter,
        };
        var alone = settings.Files.Count + settings.DiscoveryFiles.Count + settings.DiscoveryUrls.Count + settings.DnsServices.Count == 0 && settings.Kubernetes is null;
        return settings with { Register = source.OneOf(RegisterSetting, Words) ?? alone };
    }

    private static TrustedProxy? ReadProxy(SettingSource source)
    {
        var (role, user) = (source.Text(ProxyRoleSetting), source.Text(ProxyUserSetting));
        if (source.Read(ProxySetting, ParseNetworks) is not { } networks) return null;
        var proxy = new TrustedProxy(networks);
        return proxy with { RoleHeader = role ?? proxy.RoleHeader, UserHeader = user ?? proxy.UserHeader };
    }

    private static (IReadOnlyList<IPNetwork>? Value, string? Problem) ParseNetworks(string text)
    {
        var networks = new List<IPNetwork>();
        foreach (var part in SettingSource.Split(text))
        {
            if (!IPNetwork.TryParse(part, out var network)) return (null, $"'{part}' is no network; write for example 10.0.0.5/32");
            networks.Add(network);
        }

        return (networks, null);
    }

    private static KubernetesSettings? ReadKubernetes(SettingSource source)
    {
        var selector = source.Text(KubernetesSelectorSetting) ?? "app=pingmesh-agent";
        var labels = source.Read(KubernetesLabelsSetting, text => ParseMapping(text, KubernetesSource.DefaultLabels)) ?? KubernetesSource.DefaultLabels;
        var (token, authority) = (source.Text(KubernetesTokenSetting), source.Text(KubernetesCaSetting));
        return source.Read<KubernetesSettings>(KubernetesSetting, where =>
        {
            Uri? server = null;
            return where == "in-cluster" || (Uri.TryCreate(where, UriKind.Absolute, out server) && server.Scheme is "http" or "https")
                ? (new KubernetesSettings(server, token, authority, selector == "nodes" ? "" : selector, labels), null)
                : (null, $"'{where}' is neither 'in-cluster' nor a URL such as https://10.0.0.1:6443");
        });
    }

    private static (LabelMapping? Value, string? Problem) ParseMapping(string text, LabelMapping defaults)
    {
        try
        {
            return (LabelMapping.Parse(text, defaults), null);
        }
        catch (FormatException error)
        {
            return (null, error.Message);
        }
    }

    private static (IReadOnlyList<Uri>? Value, string? Problem) ParseUrls(string text)
    {
        var urls = new List<Uri>();
        foreach (var part in SettingSource.Split(text))
        {
            if (!Uri.TryCreate(part, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                return (null, $"'{part}' is no URL; write for example http://inventory:8080/targets");
            urls.Add(url);
        }

        return (urls, null);
    }
}

/// <summary>The files of TLS as they were given, which need not go together.</summary>
internal sealed record TlsSettings(string? Certificate, string? Key, string? ClientAuthority)
{
    /// <summary>The files; null for plain HTTP.</summary>
    /// <exception cref="UsageException">One is missing; says which.</exception>
    public TlsFiles? ToFiles()
    {
        if (Certificate is null != Key is null)
            throw new UsageException($"{ServerConfiguration.TlsCertSetting.Flag} and {ServerConfiguration.TlsKeySetting.Flag} go together: give both or none");
        if (Certificate is null && ClientAuthority is not null)
            throw new UsageException($"{ServerConfiguration.ClientCaSetting.Flag} needs TLS: give {ServerConfiguration.TlsCertSetting.Flag} and {ServerConfiguration.TlsKeySetting.Flag}");
        return Certificate is null ? null : new TlsFiles(Certificate, Key!, ClientAuthority);
    }
}
