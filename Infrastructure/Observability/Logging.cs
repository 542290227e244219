using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace AiEditor.Persistence.Infrastructure.Observability;

/// <summary>One line a request on standard output: JSON for machines, plain in Development. Never content, tokens or secrets.</summary>
public static class Logging
{
    static readonly string[] KnownMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    public static WebApplicationBuilder AddLogging(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddSingleton(new Readiness(builder.Configuration, builder.Environment))
            .AddHostedService(services => services.GetRequiredService<Readiness>());
        builder.Services.AddSerilog(logger =>
        {
            logger
                .MinimumLevel.Information()
                .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Warning)
                .MinimumLevel.Override("FluentMigrator", LogEventLevel.Warning)
                .MinimumLevel.Override("Npgsql", LogEventLevel.Fatal)
                // It says that keys are kept unencrypted; nothing here is protected by them.
                .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
                // Program says in one line which port is taken.
                .Filter.ByExcluding(e => e.Exception is IOException { InnerException: AddressInUseException })
                .ReadFrom.Configuration(builder.Configuration);
            if (builder.Environment.IsDevelopment())
                logger.WriteTo.Console(formatProvider: System.Globalization.CultureInfo.InvariantCulture);
            else
                logger.WriteTo.Console(new CompactJsonFormatter());
        });
        return builder;
    }

    public static WebApplication UseRequestLog(this WebApplication app)
    {
        app.UseSerilogRequestLogging(options =>
        {
            options.MessageTemplate = "{RequestMethod} {Route} {StatusCode} in {Elapsed:0.0} ms";
            // Not the path: where no route matches, it is whatever somebody typed.
            options.GetMessageTemplateProperties = static (context, _, elapsed, status) =>
                [
                    new LogEventProperty("RequestMethod", new ScalarValue(Method(context.Request.Method))),
                    new LogEventProperty("StatusCode", new ScalarValue(status)),
                    new LogEventProperty("Elapsed", new ScalarValue(elapsed)),
                ];
            options.GetLevel = static (context, _, _) =>
                context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) ? LogEventLevel.Debug
                : context.Response.StatusCode >= 500 ? LogEventLevel.Warning
                : LogEventLevel.Information;
            options.EnrichDiagnosticContext = static (diagnostics, context) =>
            {
                // Whoever handles an exception takes the endpoint off the request and keeps it here.
                var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
                var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
                diagnostics.Set("Route", route?.TrimEnd('/') ?? "(none)");
                if (IdConstraint.TryParse(context.Request.RouteValues["sessionId"]?.ToString(), out var sessionId))
                    diagnostics.Set("SessionId", sessionId);
                if (Caller.TryOf(context, out var caller))
                    diagnostics.Set("UserId", caller.UserId);
            };
        });
        return app;
    }

    static string Method(string method) => KnownMethods.Contains(method) ? method : "(other)";
}
