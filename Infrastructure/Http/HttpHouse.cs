using System.Net;
using System.Threading.RateLimiting;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Journal;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.RateLimiting;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>What holds for every request: the port, limits, JSON, errors, CORS and rate limits.</summary>
public static class HttpHouse
{
    const int DefaultPort = 3000;
    const int DefaultRate = 100;
    static readonly TimeSpan SocketBeat = TimeSpan.FromSeconds(15);

    /// <summary>For answers with an ETag worth asking about again.</summary>
    public const string Revalidate = "private, no-cache";
    static readonly string[] ReadableHeaders =
    [
        "ETag",
        "Location",
        "Session-Revision",
        "Idempotency-Key",
        "Idempotency-Replayed",
        "Retry-After",
    ];

    public static WebApplicationBuilder AddHttp(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration;
        var port = Port(settings);
        var origins = Origins(builder);
        var rate = Rate(settings);
        // Requests go on where their bytes arrive, a thread of the pool. Who blocked there would hold others up; nobody does.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // What is counted here includes the framing of chunks, however small they are; RequestBody counts the JSON.
            kestrel.Limits.MaxRequestBodySize = 8L * RequestBody.MaxBytes;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            if (builder.Environment.IsDevelopment())
                // Anybody may have a token there.
                kestrel.Listen(IPAddress.Loopback, port);
            else
                kestrel.ListenAnyIP(port);
        });
        builder.Services.Configure<JsonOptions>(json => Wire.Configure(json.SerializerOptions));
        builder.Services.Configure<RouteOptions>(routes => routes.ConstraintMap["id"] = typeof(IdConstraint));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.Services.AddRequestDecompression(compression => compression.DecompressionProviders.Remove("deflate"));
        builder.Services.AddExceptionHandler<ExceptionToProblem>();
        builder.Services.AddCors(cors =>
            cors.AddDefaultPolicy(policy =>
                policy
                    .SetIsOriginAllowed(origins)
                    .AllowAnyHeader()
                    .AllowAnyMethod()
                    .WithExposedHeaders(ReadableHeaders)
                    .SetPreflightMaxAge(TimeSpan.FromHours(1))
            )
        );
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.OnRejected = (context, _) => new(Reject(context));
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, long>(context =>
                Caller.TryOf(context, out var caller)
                    ? RateLimitPartition.GetTokenBucketLimiter(caller.UserId, _ => Bucket(rate))
                    : RateLimitPartition.GetNoLimiter(0L)
            );
        });
        return builder;
    }

    /// <summary>Everything a request passes before its route, in order.</summary>
    public static WebApplication UseHttp(this WebApplication app)
    {
        app.Use(
            static (context, next) =>
            {
                context.Response.OnStarting(SetHeaders, context.Response.Headers);
                return next(context);
            }
        );
        app.UseExceptionHandler(
            new ExceptionHandlerOptions
            {
                ExceptionHandler = static context => Problem.Internal.ExecuteAsync(context),
                SuppressDiagnosticsCallback = static _ => true,
            }
        );
        // Its pings are answered by every browser; a connection that answers none is dropped.
        app.UseWebSockets(new() { KeepAliveInterval = SocketBeat, KeepAliveTimeout = SocketBeat });
        app.UseDemoEditor().UseDocsWithoutSlash().UseRouting();
        // Mutations say themselves what is wrong, and are what most requests are.
        app.UseWhen(
            static context => context.GetEndpoint()?.Metadata.GetMetadata<MutationAnswer>() is null,
            others =>
                others.UseStatusCodePages(static context =>
                    Problem.ForStatus(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext)
                )
        );
        // Only browsers on other sites say where they come from; nobody else pays for looking up what they may.
        app.UseWhen(static context => context.Request.Headers.Origin.Count > 0, crossing => crossing.UseCors());
        app.UseBearerTokens();
        if (Rate(app.Configuration) > 0)
            app.UseRateLimiter();
        app.UseRequestDecompression();
        return app;
    }

    /// <summary>Set last, so that an answer to a failure, which begins by clearing headers, has them too.</summary>
    static Task SetHeaders(object state)
    {
        var headers = (IHeaderDictionary)state;
        headers.XContentTypeOptions = "nosniff";
        if (headers.CacheControl != Revalidate)
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    /// <summary>0 means as many as come.</summary>
    static int Rate(IConfiguration settings) => Whole(settings, "RATE_LIMIT", 0, 1_000_000, DefaultRate);

    static TokenBucketRateLimiterOptions Bucket(int rate) =>
        new()
        {
            TokenLimit = 2 * rate,
            // Ten times a second, so that a client at its limit is slowed rather than stopped.
            TokensPerPeriod = Math.Max(1, rate / 10),
            ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, rate / 10) / (double)rate),
            QueueLimit = 0,
        };

    static Task Reject(OnRejectedContext context)
    {
        if (context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
            context.HttpContext.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))
                .ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Problem.RateLimited.ExecuteAsync(context.HttpContext);
    }

    static Func<string, bool> Origins(WebApplicationBuilder builder)
    {
        var given = (builder.Configuration["CORS_ORIGINS"] ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (given.FirstOrDefault(o => !IsOrigin(o)) is { } wrong)
            throw new InvalidSettingException(
                "CORS_ORIGINS",
                $"has '{wrong}', which is no origin such as https://editor.example.org"
            );
        if (given.Count > 0)
            return given.Contains;
        var development = builder.Environment.IsDevelopment();
        return origin =>
            development
            && Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && uri.Host is "localhost" or "127.0.0.1" or "[::1]";
    }

    /// <summary>Scheme, host and perhaps a port; nothing behind them.</summary>
    static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>0 means any that is free.</summary>
    internal static int Port(IConfiguration settings) => Whole(settings, "PORT", 0, 65535, DefaultPort);

    /// <summary>A setting that must be a whole number within bounds.</summary>
    internal static int Whole(IConfiguration settings, string name, int min, int max, int otherwise)
    {
        if (settings[name] is not { Length: > 0 } text)
            return otherwise;
        return Digits.TryParse(text, out var value) && value >= min && value <= max
            ? (int)value
            : throw new InvalidSettingException(name, $"must be a whole number from {min} to {max}");
    }
}
