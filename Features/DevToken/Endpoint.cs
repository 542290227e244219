using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.Tokens;

namespace AiEditor.Persistence.Features.DevToken;

/// <summary>Hands out a token for any user; the route exists in Development only.</summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        // Tokens of an issuer's are not ours to give.
        var isDevelopment = app.ServiceProvider.GetRequiredService<IHostEnvironment>().IsDevelopment();
        if (isDevelopment && app.ServiceProvider.GetService<SymmetricSecurityKey>() is not null)
            app.MapPost("/dev/token", Handle).ExcludeFromDescription();
    }

    static async Task<Results<Ok<Response>, Problem>> Handle(
        HttpContext context,
        IConfiguration settings,
        SymmetricSecurityKey key
    )
    {
        var (body, unreadable) = await RequestBody.ReadAsync(context);
        if (unreadable is not null)
            return unreadable;
        var (request, malformed) = body!.As<Request>();
        if (malformed is not null)
            return malformed;
        if (request!.UserId is not (> 0 and <= IdConstraint.Max))
            return Problem.Invalid("user_id", "must be a whole number from 1 to 2^53-1");
        return TypedResults.Ok(new Response(DevTokens.Issue(key, settings, request.UserId.Value)));
    }
}

/// <summary>Whose token.</summary>
public sealed record Request
{
    public long? UserId { get; init; }
}

/// <summary>A bearer token that is good for seven days.</summary>
public sealed record Response(string Token);
