using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Infrastructure.Ownership;

/// <summary>
/// Answers 404 before anything else of the request is looked at, so that a foreign session and one that never was cannot
/// be told apart. A middleware, because endpoint filters run only after the body has been read. Whether the session still
/// lives is each statement's own business, and looked at here only where a request is refused: most refusals come before
/// any statement, and would tell of a session that is gone.
/// </summary>
sealed class OwnershipMiddleware(RequestDelegate next, Owners owners)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<OwnedSession>() is null)
            await next(context);
        else if (
            IdConstraint.TryParse(context.Request.RouteValues["sessionId"]?.ToString(), out var sessionId)
            && Caller.Of(context) is var caller
            && await owners.FindAsync(sessionId, context.RequestAborted) == caller.UserId
        )
        {
            var trashedToo = metadata.GetMetadata<TrashedToo>();
            context.Features.Set<Review>(problem => ReviewAsync(problem, context, sessionId, caller, trashedToo));
            await next(context);
        }
        else
            await Problem.NotFound.ExecuteAsync(context);
    }

    async ValueTask<Problem> ReviewAsync(
        Problem problem,
        HttpContext context,
        long sessionId,
        Caller caller,
        TrashedToo? trashedToo
    )
    {
        if (problem.Status is 404 or >= 500)
            return problem;
        var orTrashed = trashedToo?.When(new Query(context.Request.Query)) ?? false;
        return await owners.HasAsync(sessionId, caller.UserId, orTrashed, context.RequestAborted)
            ? problem
            : Problem.NotFound;
    }
}
