using AiEditor.Persistence.Infrastructure.Postgres;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>The last resort: what was thrown becomes a problem, in every environment the same.</summary>
sealed class ExceptionToProblem(ILogger<ExceptionToProblem> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        // Nobody is there to read an answer; at a stop that cuts a request off, its reader may learn of it before the request.
        if (
            httpContext.RequestAborted.IsCancellationRequested
            || exception.InnerException is ConnectionAbortedException
        )
            return true;
        var problem = exception is BadHttpRequestException bad
            ? Problem.ForStatus(bad.StatusCode)
            : Failures.ToProblem(exception);
        if (problem.Status == 503)
            logger.LogWarning("What it takes to answer is away: {Failure}", Failures.Describe(exception));
        else if (problem.Status >= 500)
            logger.LogError(exception, "A request failed");
        await problem.ExecuteAsync(httpContext);
        return true;
    }
}
