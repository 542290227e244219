using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Infrastructure.Ownership;

/// <summary>The doors to routes: all need a token, and those below a session need its owner.</summary>
public static class Owned
{
    /// <summary>Routes under <c>/v1</c>: a caller is known.</summary>
    public static RouteGroupBuilder MapV1(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1").RequireAuthorization();
        foreach (var refusal in (ReadOnlySpan<int>)[400, 401, 429, 503])
            group.ProducesProblem(refusal);
        return group;
    }

    /// <summary>Routes under <c>/v1/sessions/{sessionId}</c>: the session is the caller's, or does not exist.</summary>
    public static RouteGroupBuilder MapOwnedSession(this IEndpointRouteBuilder app) =>
        app.MapV1().MapGroup("/sessions/{sessionId:id}").WithMetadata(new OwnedSession()).ProducesProblem(404);

    /// <summary>Says that a route also finds what is in the trash; of some requests only, where that is for the query to say.</summary>
    public static TBuilder FindsTrashed<TBuilder>(this TBuilder route, Func<Query, bool>? when = null)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new TrashedToo(when ?? (static _ => true)));

    public static IApplicationBuilder UseOwnership(this IApplicationBuilder app) =>
        app.UseMiddleware<OwnershipMiddleware>();

    public static WebApplicationBuilder AddOwnership(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Owners>();
        return builder;
    }
}

/// <summary>Marks routes that the ownership middleware guards.</summary>
public sealed record OwnedSession;

/// <summary>Marks those of them for which a session in the trash is there.</summary>
sealed record TrashedToo(Func<Query, bool> When);
