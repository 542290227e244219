using AiEditor.Persistence.Infrastructure.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiEditor.Persistence.Features.GetAttachment;

/// <summary>
/// A file, or why it is not given. The framework judges ranges and preconditions, but of a refusal it sets no more than the
/// status, beside headers that speak of the file.
/// </summary>
sealed class Served(FileStreamHttpResult file) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await file.ExecuteAsync(httpContext);
        var response = httpContext.Response;
        if (response.StatusCode < 400 || response.HasStarted)
            return;
        var (status, length) = (response.StatusCode, response.Headers.ContentRange);
        response.Clear();
        response.Headers.ContentRange = length;
        await Problem.ForStatus(status).ExecuteAsync(httpContext);
    }
}
