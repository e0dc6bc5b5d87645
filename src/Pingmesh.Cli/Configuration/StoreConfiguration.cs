using System.Globalization;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;
using Pingmesh.Core.Yaml;
using Pingmesh.Server;
using Pingmesh.Store;

namespace Pingmesh.Cli.Configuration;

/// <summary>The settings of the store: where measurements are kept, and how long.</summary>
internal sealed record StoreConfiguration(Retention Retention, bool IsClickHouse, ClickHouseConfiguration ClickHouse, IReadOnlyList<Uri> Collectors, int? CollectorNumber)
{
    public static readonly Setting StoreSetting = new("store", "sqlite|clickhouse", "Where measurements are kept: in a file in the data folder (default), or in ClickHouse.");
    public static readonly Setting MaxSizeSetting = new("store_max_size", "SIZE", "Most the file may take, such as 20GB; what is closest to the end of its time goes first.");
    public static readonly Setting MinuteSetting = new("retention_minute", "DURATION", "How long windows of 1 minute are kept; default 7d.");
    public static readonly Setting TenMinutesSetting = new("retention_ten_minutes", "DURATION", "How long windows of 10 minutes (host pairs) are kept; default 14d.");
    public static readonly Setting HourSetting = new("retention_hour", "DURATION", "How long windows of 1 hour are kept; default 60d.");
    public static readonly Setting DaySetting = new("retention_day", "DURATION", "How long windows of 1 day are kept; default 730d.");
    public static readonly Setting EvidenceSetting = new("retention_evidence", "DURATION", "How long raw probes are kept; default 7d.");
    public static readonly Setting LatenessSetting = new("lateness", "DURATION", "How late measurements may come and still count; default 24h.");

    public static readonly Setting CollectorsSetting =
        new("collectors", "URL", "Addresses of all servers that share one ClickHouse, the same list at each: a host's uploads are counted by one of them. May be repeated.", repeatable: true);

    public static readonly Setting CollectorNumberSetting = new("collector_number", "N", "Which of --collectors this server is, from 1.");

    private static readonly TimeSpan Most = TimeSpan.FromDays(3_650);

    private static readonly Dictionary<string, bool> Stores = new() { ["sqlite"] = false, ["clickhouse"] = true };

    private static readonly (string Unit, long Bytes)[] Units = [("TB", 1L << 40), ("GB", 1L << 30), ("MB", 1L << 20)];

    public static IReadOnlyList<Setting> All { get; } =
        [StoreSetting, MaxSizeSetting, MinuteSetting, TenMinutesSetting, HourSetting, DaySetting, EvidenceSetting, LatenessSetting, CollectorsSetting, CollectorNumberSetting, .. ClickHouseConfiguration.All];

    public static StoreConfiguration Read(SettingSource source)
    {
        var defaults = new Retention();
        var retention = new Retention
        {
            Minute = source.Duration(MinuteSetting, TimeSpan.FromHours(2), Most) ?? defaults.Minute,
            TenMinutes = source.Duration(TenMinutesSetting, TimeSpan.FromHours(2), Most) ?? defaults.TenMinutes,
            Hour = source.Duration(HourSetting, TimeSpan.FromDays(2), Most) ?? defaults.Hour,
            Day = source.Duration(DaySetting, TimeSpan.FromDays(2), Most) ?? defaults.Day,
            Evidence = source.Duration(EvidenceSetting, TimeSpan.FromMinutes(1), Most) ?? defaults.Evidence,
            Lateness = source.Duration(LatenessSetting, TimeSpan.FromMinutes(1), Most) ?? defaults.Lateness,
            MaxBytes = source.Read<long?>(MaxSizeSetting, ParseSize),
        };
        return new StoreConfiguration(retention, source.OneOf(StoreSetting, Stores) ?? false, ClickHouseConfiguration.Read(source),
            source.Read(CollectorsSetting, ClickHouseConfiguration.ParseUrls) ?? [], source.WholeNumber(CollectorNumberSetting, 1, 1_000));
    }

    /// <summary>The settings, which must go together.</summary>
    /// <exception cref="UsageException">They do not; says which.</exception>
    public StoreSettings ToSettings()
    {
        if (Retention.Lateness > Retention.LongestLateness)
        {
            throw new UsageException(
                $"{LatenessSetting.Flag}: {DurationText.Format(Retention.Lateness)} is too long: windows must be kept long enough to roll late data up; at most "
                + $"{DurationText.Format(Retention.LongestLateness)} with {MinuteSetting.Flag} {DurationText.Format(Retention.Minute)}, {TenMinutesSetting.Flag} {DurationText.Format(Retention.TenMinutes)} "
                + $"and {HourSetting.Flag} {DurationText.Format(Retention.Hour)}");
        }

        return new StoreSettings { Retention = Retention, ClickHouse = IsClickHouse ? ClickHouse.ToSettings() : null };
    }

    /// <summary>The collectors that share the store; null when this one is alone.</summary>
    /// <exception cref="UsageException">The settings do not go together; says which.</exception>
    public Collectors? ToCollectors()
    {
        if (Collectors.Count == 0 && CollectorNumber is null) return null;
        if (Collectors.Count == 0 || CollectorNumber is null) throw new UsageException($"{CollectorsSetting.Flag} and {CollectorNumberSetting.Flag} go together: give both or none");
        return CollectorNumber <= Collectors.Count
            ? new Collectors(Collectors, CollectorNumber.Value - 1)
            : throw new UsageException($"{CollectorNumberSetting.Flag}: {CollectorNumber} of {Collectors.Count} collectors; they are numbered from 1");
    }

    private static (long? Value, string? Problem) ParseSize(string text)
    {
        foreach (var (unit, bytes) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text[..^2].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * bytes is >= 16 << 20 and < 1L << 60)
                return ((long)(number * bytes), null);
        }

        return (null, $"'{text}' is no size of 16MB or more; write a number with a unit (MB, GB or TB), such as 20GB");
    }
}
