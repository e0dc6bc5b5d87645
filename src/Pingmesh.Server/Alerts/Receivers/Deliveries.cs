using Pingmesh.Server.Alerts.Delivery;
using Pingmesh.Server.Alerts.Messages;

namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>Makes the ways to receivers, which share one HTTP client.</summary>
internal sealed class Deliveries(TimeProvider time) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The ways to a receiver by name: one, or of an Alertmanager one for each address.</summary>
    /// <exception cref="IOException">A file that it names cannot be read.</exception>
    /// <exception cref="Core.Yaml.ConfigurationException">Its template is wrong; says where.</exception>
    public IReadOnlyList<(string Name, IDelivery Delivery)> Of(ReceiverSettings settings)
    {
        // Read once here, so that a missing file stops the start and not the first alert.
        foreach (var file in new[] { settings.SecretFile, settings.TokenFile, settings.UrlFile }) SecretFile.Read(file);
        var post = new HttpPost(http, settings.Timeout, time);
        return settings.Kind switch
        {
            ReceiverKind.Alertmanager => [.. settings.Urls.Select(url => (
                settings.Urls.Count == 1 ? settings.Name : $"{settings.Name}@{url.Authority}", (IDelivery)new AlertmanagerDelivery(url, settings.TokenFile, post, time)))],
            ReceiverKind.Webhook => [(settings.Name, new WebhookDelivery(settings, Template(settings.TemplateFile), post, time))],
            _ => [(settings.Name, new CommandDelivery(settings.Command, settings.Timeout, time))],
        };
    }

    /// <summary>Reads what receivers name, so that a mistake shows before anything is opened.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="Core.Yaml.ConfigurationException">A template is wrong; says where.</exception>
    public static void Check(IReadOnlyList<ReceiverSettings> receivers)
    {
        using var deliveries = new Deliveries(TimeProvider.System);
        foreach (var receiver in receivers) deliveries.Of(receiver);
    }

    /// <summary>Sends a signal of life to an address.</summary>
    public Task<DeliveryResult> HeartbeatAsync(Uri url, TimeSpan timeout, CancellationToken cancel) =>
        new HttpPost(http, timeout, time).SendAsync(new HttpRequestMessage(HttpMethod.Get, url), null, cancel);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static MessageTemplate? Template(string? path)
    {
        if (path is null) return null;
        try
        {
            return MessageTemplate.Parse(File.ReadAllText(path), path);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{path} cannot be read: {error.Message}", error);
        }
    }
}
