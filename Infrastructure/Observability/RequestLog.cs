using System.Diagnostics;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using Microsoft.AspNetCore.Diagnostics;
using Serilog.Events;
using Serilog.Parsing;

namespace AiEditor.Persistence.Infrastructure.Observability;

/// <summary>
/// One line a request. Serilog's own middleware would do, but gathers properties through a diagnostic context that nobody
/// here adds to.
/// </summary>
sealed class RequestLog(RequestDelegate next, Serilog.ILogger logger)
{
    static readonly string[] KnownMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    /// <summary>Without formats: a line of JSON would tell formatted values twice.</summary>
    static readonly MessageTemplate Template = new MessageTemplateParser().Parse(
        "{RequestMethod} {Route} {StatusCode} in {Elapsed} ms"
    );

    readonly Serilog.ILogger logger = logger.ForContext<RequestLog>();

    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        catch (Exception e)
        {
            Write(context, start, 500, e);
            throw;
        }
        Write(context, start, context.Response.StatusCode, null);
    }

    void Write(HttpContext context, long start, int status, Exception? exception)
    {
        var level =
            context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) ? LogEventLevel.Debug
            : context.Response.StatusCode >= 500 ? LogEventLevel.Warning
            : LogEventLevel.Information;
        if (!logger.IsEnabled(level))
            return;
        var activity = Activity.Current;
        logger.Write(
            LogEvent.UnstableAssembleFromParts(
                DateTimeOffset.Now,
                level,
                exception,
                Template,
                Properties(context, Stopwatch.GetElapsedTime(start), status),
                activity?.TraceId ?? default,
                activity?.SpanId ?? default
            )
        );
    }

    static Dictionary<string, LogEventPropertyValue> Properties(HttpContext context, TimeSpan elapsed, int status)
    {
        // Not the path: where no route matches, it is whatever somebody typed. Whoever handles an exception takes the
        // endpoint off the request and keeps it here.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
        var method = context.Request.Method;
        // Room for the six, and for what the logger adds.
        var properties = new Dictionary<string, LogEventPropertyValue>(8)
        {
            ["Route"] = new ScalarValue(route?.TrimEnd('/') ?? "(none)"),
            ["RequestMethod"] = new ScalarValue(KnownMethods.Contains(method) ? method : "(other)"),
            ["StatusCode"] = new ScalarValue(status),
            ["Elapsed"] = new ScalarValue(Math.Round(elapsed.TotalMilliseconds, 3)),
        };
        if (IdConstraint.TryParse(context.Request.RouteValues["sessionId"]?.ToString(), out var sessionId))
            properties["SessionId"] = new ScalarValue(sessionId);
        if (Caller.TryOf(context, out var caller))
            properties["UserId"] = new ScalarValue(caller.UserId);
        return properties;
    }
}
