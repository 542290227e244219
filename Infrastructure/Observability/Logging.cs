using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace AiEditor.Persistence.Infrastructure.Observability;

/// <summary>One line a request on standard output: JSON for machines, plain in Development. Never content, tokens or secrets.</summary>
public static class Logging
{
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
                // Its scope around each request would put the path into all lines, whatever somebody typed there.
                .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off)
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
                logger.WriteTo.Sink(new LineBuffer(new CompactJsonFormatter(), Console.OpenStandardOutput()));
        });
        return builder;
    }

    public static WebApplication UseRequestLog(this WebApplication app)
    {
        // For as long as the process: each request has a trace, its caller's or a new one, though nobody collects them.
        ActivitySource.AddActivityListener(
            new ActivityListener
            {
                ShouldListenTo = static source => source.Name == "Microsoft.AspNetCore",
                Sample = static (ref _) => ActivitySamplingResult.PropagationData,
            }
        );
        app.UseMiddleware<RequestLog>();
        return app;
    }
}
