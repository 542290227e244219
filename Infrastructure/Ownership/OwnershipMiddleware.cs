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
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OwnedSession>() is null)
            return next(context);
        if (!IdConstraint.TryParse(context.Request.RouteValues["sessionId"] as string, out var sessionId))
            return Problem.NotFound.ExecuteAsync(context);
        var owner = owners.FindAsync(sessionId, context.RequestAborted);
        // Nearly always known, and then nothing is awaited.
        return owner.IsCompletedSuccessfully
            ? PassAsync(context, sessionId, owner.Result)
            : AskedAsync(context, sessionId, owner);
    }

    async Task AskedAsync(HttpContext context, long sessionId, ValueTask<long?> owner) =>
        await PassAsync(context, sessionId, await owner);

    Task PassAsync(HttpContext context, long sessionId, long? owner)
    {
        var caller = Caller.Of(context);
        if (owner != caller.UserId)
            return Problem.NotFound.ExecuteAsync(context);
        // Now: whoever handles an exception takes the endpoint off the request.
        var trashedToo = context.GetEndpoint()!.Metadata.GetMetadata<TrashedToo>();
        context.Features.Set<Review>(problem => ReviewAsync(problem, context, sessionId, caller, trashedToo));
        return next(context);
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
