using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Selections;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Exposition;
using Pingmesh.Server.Access;
using Pingmesh.Server.Api;
using Pingmesh.Server.Observe;
using Pingmesh.Server.OnDemand;

namespace Pingmesh.Server;

/// <summary>The server: controller, collector, store, analysis and web UI in one process.</summary>
public sealed class PingmeshServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ServerParts parts;
    private readonly CertificateFiles? certificates;

    private PingmeshServer(WebApplication app, ServerParts parts, CertificateFiles? certificates)
    {
        this.certificates = certificates;
        this.app = app;
        this.parts = parts;
    }

    /// <summary>Opens the store, starts to follow the topology, listens.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="mesh">The probe settings of the moment.</param>
    /// <param name="tokens">Tokens that requests must bring; null only where <see cref="ServerSettings.LoopbackOnly"/>.</param>
    /// <param name="loggers">The logs.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">An address cannot be listened at.</exception>
    /// <exception cref="Core.Yaml.ConfigurationException">The topology file is wrong.</exception>
    /// <exception cref="Store.StoreException">The store cannot be opened.</exception>
    public static async Task<PingmeshServer> StartAsync(
        ServerSettings settings, Func<MeshSettings> mesh, AccessTokens? tokens, ILoggerFactory loggers, TimeProvider time)
    {
        if (tokens is null && !settings.LoopbackOnly && !settings.Insecure)
            throw new ArgumentException("a server that listens beyond loopback needs tokens", nameof(tokens));
        var parts = await ServerParts.OpenAsync(settings, mesh, tokens, loggers, time).ConfigureAwait(false);
        WebApplication? app = null;
        CertificateFiles? certificates = null;
        try
        {
            certificates = settings.Tls is { } tls ? new CertificateFiles(tls, time, loggers.CreateLogger<CertificateFiles>()) : null;
            app = Build(settings, certificates, loggers);
            MapRequests(app, parts, settings, time);
            await app.StartAsync().ConfigureAwait(false);
            return new PingmeshServer(app, parts, certificates);
        }
        catch
        {
            if (app is not null) await app.DisposeAsync().ConfigureAwait(false);
            certificates?.Dispose();
            await parts.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops listening, takes in what waits, writes everything to the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
        certificates?.Dispose();
        await parts.DisposeAsync().ConfigureAwait(false);
    }

    private static void ListenAt(ListenOptions listen, CertificateFiles? certificates)
    {
        listen.Protocols = HttpProtocols.Http1;
        if (certificates is null) return;
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = context =>
            {
                context.AllowDelayedClientCertificateNegotation = false;
                return ValueTask.FromResult(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificates.Current,

                    // Browsers have none; an agent that shows one must show a good one.
                    ClientCertificateRequired = certificates.ClientAuthority is not null,
                    RemoteCertificateValidationCallback = (_, client, _, _) => client is null || certificates.IsGood((X509Certificate2)client),
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                });
            },
        });
    }

    private static WebApplication Build(ServerSettings settings, CertificateFiles? certificates, ILoggerFactory loggers)
    {
        // The slim builder reads no appsettings.json and no ASPNETCORE_ variables: settings have one way in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MeasurementsEndpoint.MaxSentBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            foreach (var endpoint in settings.Listen) kestrel.Listen(endpoint, listen => ListenAt(listen, certificates));
        });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.AddRoutingCore();
        builder.Services.AddProblemDetails();
        builder.Services.AddResponseCompression(options => options.EnableForHttps = false);
        builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Pingmesh";
            document.Info.Version = settings.Version;
            return Task.CompletedTask;
        }));
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        });
        return builder.Build();
    }

    private static void MapRequests(WebApplication app, ServerParts parts, ServerSettings settings, TimeProvider time)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = AnswerExceptionAsync,

            // A client's mistake is the client's to read, not the log's.
            SuppressDiagnosticsCallback = failure => failure.Exception is BadRequestException or QueryException or UnknownSubjectException or Microsoft.AspNetCore.Http.BadHttpRequestException,
        });
        app.UseStatusCodePages();
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            return next(context);
        });
        app.Use(parts.Access.IdentifyAsync);
        app.Use(parts.Limits.CheckAsync);
        app.Use(parts.Access.CheckAsync);
        app.UseWhen(context => !context.Request.Path.StartsWithSegments("/api/v1/events"), branch => branch.UseResponseCompression());
        ServePage(app);
        app.UseRouting();
        MapApi(app, parts, settings, time);
        MapOperations(app, parts, settings, time);
    }

    private static void ServePage(WebApplication app)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (!Directory.Exists(folder)) return;
        var files = new PhysicalFileProvider(folder);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = served =>
            {
                // Built files carry a hash in their name; the page itself must be asked for each time.
                var immutable = served.Context.Request.Path.StartsWithSegments("/assets");
                served.Context.Response.Headers.CacheControl = immutable ? "public, max-age=31536000, immutable" : "no-cache";
            },
        });
    }

    private static void MapApi(WebApplication app, ServerParts parts, ServerSettings settings, TimeProvider time)
    {
        var topology = () => parts.Topology.Current;
        var collector = parts.Collector;
        var pinglist = new PinglistEndpoint(parts.Pinglists, parts.Agents, topology, parts.Registered, parts.Orders);
        var measurements = new MeasurementsEndpoint(collector.Ingest, parts.Agents, parts.Orders, parts.Forwarding, time);
        var heatmap = new HeatmapEndpoint(collector.Heatmaps, parts.Options.Thresholds, topology, time);
        var sla = new SlaEndpoint(collector.Slas, () => parts.Services.Current, time);
        var pairs = new PairsEndpoint(collector.HostPairs, collector.Evidence, collector.Noise, time);
        var events = new EventsEndpoint(collector.Live, app.Lifetime.ApplicationStopping);

        var api = app.MapGroup("/api/v1");
        api.MapGet("/pinglist/{host}", pinglist.Get).WithSummary("A host's pinglist, as JSON with an ETag.");
        api.MapPost("/measurements", (Delegate)measurements.PostAsync).WithSummary("Uploads one batch of measurements: protobuf, gzip.");
        var verdict = new VerdictEndpoint(collector.Verdicts, collector.Comparisons, parts.Incidents, topology, time);
        api.MapGet("/heatmap", heatmap.GetAsync).Produces<HeatmapResponse>().WithSummary("All pairs of pods, podsets, data centers or hosts: live, or from 'from' to 'to' (Unix seconds or RFC 3339).");
        api.MapGet("/sla", sla.GetAsync).Produces<SlaResponse>().WithSummary("Drop rate, P50 and P99 of scopes: live, or over a range.");
        api.MapGet("/latency", new LatencyEndpoint(collector.Latencies, time).GetAsync).Produces<LatencyResponse>()
            .WithSummary("Percentiles, distribution and, with 'step', series of any number of selections ('of').");
        api.MapGet("/worst", new WorstEndpoint(collector.Worst, time).GetAsync).Produces<WorstResponse>().WithSummary("The worst hosts or pairs of a time.");
        api.MapGet("/verdict", verdict.GetAsync).WithSummary("Is it the network? Of a scope, a service or a pair, and a time.");
        api.MapGet("/comparison", verdict.CompareAsync).WithSummary("A scope in two times, beside its control group.");
        api.MapGet("/services", new ServicesEndpoint(() => parts.Services.Current).Get).WithSummary("The services and their hosts.");
        api.MapGet("/pairs", pairs.GetAsync).WithSummary("Pairs that were measured; figures and raw evidence of one host pair.");
        api.MapGet("/topology", new TopologyEndpoint(topology).Get).WithSummary("The topology.");
        api.MapGet("/agents", new AgentsEndpoint(parts.Agents).Get).WithSummary("Agents that were heard of since the server started.");
        api.MapGet("/coverage", parts.Coverage.GetAsync).WithSummary("Pod pairs that were not measured, why, and how small a drop rate the others could have shown.");
        api.MapGet("/watchdogs", new WatchdogsEndpoint(parts.Watchdogs).Get).WithSummary("Whether Pingmesh itself does its work.");
        api.MapGet("/alerts", new AlertsEndpoint(parts.Alerting).Get).WithSummary("Alerts that hold, and those that ended in the last quarter of an hour.");
        var paused = new PausedEndpoint(parts.Paused);
        api.MapGet("/paused", paused.Get).WithSummary("Scopes that no probe leaves or enters.");
        api.MapPut("/paused/{**scope}", paused.Put).WithSummary("Pauses a scope: no probe leaves or enters it. Needs the role operator.");
        api.MapDelete("/paused/{**scope}", paused.Delete).WithSummary("Resumes a paused scope. Needs the role operator.");
        var revoked = new RevokedEndpoint(parts.AccessSettings);
        api.MapPost("/enrol/{host}", new EnrolEndpoint(parts.AccessSettings).Post).WithSummary("Exchanges the agents' token for a credential of one host.");
        api.MapGet("/revoked", revoked.Get).WithSummary("Hosts whose agents may not speak. Needs the role admin.");
        api.MapPut("/revoked/{host}", revoked.Put).WithSummary("Revokes a host's credentials. Needs the role admin.");
        api.MapDelete("/revoked/{host}", revoked.Delete).WithSummary("Allows a revoked host again. Needs the role admin.");
        var tests = new TestsEndpoint(parts.Tests, topology, time);
        var orders = new OrdersEndpoint(parts.Orders, app.Lifetime.ApplicationStopping);
        api.MapPost("/tests", (Delegate)tests.PostAsync).Accepts<TestRequest>("application/json").Produces<TestResponse>(202).WithSummary("Has agents ping or trace now. Needs the role operator.");
        api.MapGet("/tests", tests.ListAsync).WithSummary("The last tests that were asked for.");
        api.MapGet("/tests/{id}", tests.GetAsync).Produces<TestResponse>().WithSummary("A test, with what its agents have found by now.");
        api.MapGet("/tests/orders/{host}", orders.GetAsync).WithSummary("The tests that a host's agent is to do; with 'wait' (seconds) it waits for one. For agents.");
        api.MapPost("/tests/reports/{host}", (Delegate)orders.PostAsync).WithSummary("What a host's agent found. For agents.");
        api.MapGet("/audit", new AuditEndpoint(parts.Audit, time).GetAsync).WithSummary("Who had what done, when and from where. Needs the role admin.");
        var incidents = new IncidentsEndpoint(parts.Incidents, parts.Audit, time);
        api.MapGet("/incidents", incidents.GetAsync).Produces<IReadOnlyList<Incident>>().WithSummary("Incidents: those that last, or with state=all or from and to all with an onset in that time.");
        api.MapGet("/incidents/{id}", incidents.FindAsync).Produces<Incident>().WithSummary("One incident.");
        api.MapGet("/incidents/{id}/evidence", incidents.FindEvidenceAsync).Produces<IncidentEvidence>().WithSummary("What an incident was found by: windows, flows, their paths in both directions.");
        api.MapPut("/incidents/{id}/acknowledgement", incidents.AcknowledgeAsync).Produces<Incident>().WithSummary("Says that the caller looks after it. Needs the role operator.");
        api.MapDelete("/incidents/{id}/acknowledgement", incidents.UnacknowledgeAsync).Produces<Incident>().WithSummary("Takes that back. Needs the role operator.");
        api.MapPut("/incidents/{id}/silence", incidents.SilenceAsync).Produces<Incident>().WithSummary("Makes no alerts of it for a duration. Needs the role operator.");
        api.MapDelete("/incidents/{id}/silence", incidents.UnsilenceAsync).Produces<Incident>().WithSummary("Makes alerts of it again. Needs the role operator.");
        api.MapPost("/incidents/{id}/comments", incidents.CommentAsync).Produces<Incident>().WithSummary("Adds a comment: {\"text\": ...}. Needs the role operator.");
        api.MapGet("/events", events.GetAsync).WithSummary("Server-sent events that say when live data changed.");
        api.MapFallback(() => Results.Problem(statusCode: 404, title: "No such resource", detail: "See /openapi/v1.json for what there is."));
        app.MapOpenApi();
        app.MapGet("/login", (HttpContext context, string? token) => parts.Access.SignIn(context, token)).ExcludeFromDescription();
    }

    private static void MapOperations(WebApplication app, ServerParts parts, ServerSettings settings, TimeProvider time)
    {
        var metrics = new ServerMetrics(settings.Version, parts.Collector, parts.Agents, parts.Access, parts.Limits, parts.Mesh, parts.CoverageWatch, parts.SlaWatch, parts.Watchdogs, parts.Alerting, parts.Incidents, () => parts.Topology.Current, time);
        app.MapGet("/metrics", () => Results.Text(metrics.Write(), PrometheusText.ContentType)).ExcludeFromDescription();
        app.MapGet("/healthz", () => "ok\n").ExcludeFromDescription();
        app.MapGet("/readyz", () => parts.Collector.Ingest.IsRunning
            ? Results.Text("ok\n")
            : Results.Text("measurements are not taken in\n", statusCode: 503)).ExcludeFromDescription();
    }

    private static Task AnswerExceptionAsync(HttpContext context)
    {
        (int Status, string Title, string Detail) problem = context.Features.Get<IExceptionHandlerFeature>()?.Error switch
        {
            UnknownSubjectException error => (404, "No such scope", error.Message),
            QueryException error => (400, "Bad request", error.Message),
            BadRequestException error => (400, "Bad request", error.Message),
            Microsoft.AspNetCore.Http.BadHttpRequestException error => (error.StatusCode, "Bad request", error.Message),
            Store.StoreException error => (503, "The store cannot answer", error.Message),
            _ => (500, "Internal error", "The server's log says more."),
        };
        return Results.Problem(statusCode: problem.Status, title: problem.Title, detail: problem.Detail).ExecuteAsync(context);
    }

    /// <summary>Leaves signals and messages to whoever started the server.</summary>
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
