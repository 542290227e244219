using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Infrastructure.Ownership;

/// <summary>
/// Answers 404 before anything else of the request is looked at, so that a foreign session and one that never was cannot
/// be told apart. A middleware, because endpoint filters run only after the body has been read. Whether the session still
/// lives is each statement's own business.
/// </summary>
sealed class OwnershipMiddleware(RequestDelegate next, Owners owners)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OwnedSession>() is not null && !await IsOwnAsync(context))
            await Problem.NotFound.ExecuteAsync(context);
        else
            await next(context);
    }

    async ValueTask<bool> IsOwnAsync(HttpContext context) =>
        IdConstraint.TryParse(context.Request.RouteValues["sessionId"]?.ToString(), out var sessionId)
        && await owners.FindAsync(sessionId, context.RequestAborted) == Caller.Of(context).UserId;
}
