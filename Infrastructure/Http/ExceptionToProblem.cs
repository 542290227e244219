using AiEditor.Persistence.Infrastructure.Postgres;
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
        // Nobody is there to read an answer.
        if (httpContext.RequestAborted.IsCancellationRequested)
            return true;
        var problem = exception is BadHttpRequestException bad
            ? Problem.ForStatus(bad.StatusCode)
            : Failures.ToProblem(exception);
        if (problem.Status == 503)
            logger.LogWarning("The database could not answer: {Failure}", Failures.Describe(exception));
        else if (problem.Status >= 500)
            logger.LogError(exception, "A request failed");
        await problem.ExecuteAsync(httpContext);
        return true;
    }
}
