using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;
using Pingmesh.Core.Topologies;
using Pingmesh.Store.ClickHouse;

namespace Pingmesh.Cli.Configuration;

/// <summary>The settings of ClickHouse.</summary>
internal sealed record ClickHouseConfiguration(IReadOnlyList<Uri> Urls, string? Database, string? User, string? PasswordFile, string? Cluster)
{
    public static readonly Setting UrlSetting = new("clickhouse_url", "URL", "HTTP address of ClickHouse, such as http://10.0.0.1:8123; of a cluster that of every node. May be repeated.", repeatable: true);
    public static readonly Setting DatabaseSetting = new("clickhouse_database", "NAME", "Database; default pingmesh.");
    public static readonly Setting UserSetting = new("clickhouse_user", "NAME", "User; default ClickHouse's own.");
    public static readonly Setting PasswordSetting = new("clickhouse_password_file", "FILE", "File that holds the user's password.");
    public static readonly Setting ClusterSetting = new("clickhouse_cluster", "NAME", "Name of the cluster in ClickHouse's remote_servers, whose shards share the data.");

    public static IReadOnlyList<Setting> All { get; } = [UrlSetting, DatabaseSetting, UserSetting, PasswordSetting, ClusterSetting];

    public static ClickHouseConfiguration Read(SettingSource source) => new(
        source.Read(UrlSetting, ParseUrls) ?? [],
        source.Read(DatabaseSetting, ParseName),
        source.Text(UserSetting),
        source.Text(PasswordSetting),
        source.Read(ClusterSetting, ParseName));

    /// <summary>The settings, which must go together.</summary>
    /// <exception cref="UsageException">They do not; says which.</exception>
    /// <exception cref="FailedException">The password cannot be read.</exception>
    public ClickHouseSettings ToSettings()
    {
        if (Urls.Count == 0) throw new UsageException($"{UrlSetting.Flag} is missing; give for example {UrlSetting.Flag} http://10.0.0.1:8123");
        if (Urls.Count > 1 && Cluster is null) throw new UsageException($"{UrlSetting.Flag} names {Urls.Count} nodes; give the name of their cluster too, as {ClusterSetting.Flag}");
        var settings = new ClickHouseSettings { Urls = Urls, User = User, Password = ReadPassword(), Cluster = Cluster };
        return Database is null ? settings : settings with { Database = Database };
    }

    private string? ReadPassword()
    {
        if (PasswordFile is null) return null;
        try
        {
            return File.ReadAllText(PasswordFile).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"{PasswordSetting.Flag}: {PasswordFile} cannot be read: {error.Message}");
        }
    }

    public static (IReadOnlyList<Uri>? Value, string? Problem) ParseUrls(string text)
    {
        var urls = new List<Uri>();
        foreach (var part in SettingSource.Split(text))
        {
            if (!Uri.TryCreate(part, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                return (null, $"'{part}' is no URL; write for example http://10.0.0.1:8123");
            urls.Add(url);
        }

        return (urls, null);
    }

    // Stands in statements as it is.
    private static (string? Value, string? Problem) ParseName(string text) =>
        text.Length <= ScopeName.MaxLength && text.Length > 0 && !char.IsDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? (text, null)
            : (null, $"'{text}' is no name of ClickHouse; letters, digits and '_' only");
}
