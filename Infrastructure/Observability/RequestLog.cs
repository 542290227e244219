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

    static readonly MessageTemplate Template = new MessageTemplateParser().Parse(
        "{RequestMethod} {Route} {StatusCode} in {Elapsed:0.0} ms"
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
            new LogEvent(
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

    static IEnumerable<LogEventProperty> Properties(HttpContext context, TimeSpan elapsed, int status)
    {
        // Not the path: where no route matches, it is whatever somebody typed. Whoever handles an exception takes the
        // endpoint off the request and keeps it here.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
        yield return Property("Route", route?.TrimEnd('/') ?? "(none)");
        if (IdConstraint.TryParse(context.Request.RouteValues["sessionId"]?.ToString(), out var sessionId))
            yield return Property("SessionId", sessionId);
        if (Caller.TryOf(context, out var caller))
            yield return Property("UserId", caller.UserId);
        var method = context.Request.Method;
        yield return Property("RequestMethod", KnownMethods.Contains(method) ? method : "(other)");
        yield return Property("StatusCode", status);
        yield return Property("Elapsed", elapsed.TotalMilliseconds);
    }

    static LogEventProperty Property(string name, object value) => new(name, new ScalarValue(value));
}
