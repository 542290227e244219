using System.Security.Claims;
using AiEditor.Persistence.Infrastructure.Http;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace AiEditor.Persistence.Infrastructure.Auth;

/// <summary>The user behind a request, from the token's <c>sub</c>.</summary>
public readonly record struct Caller(long UserId)
{
    public static Caller Of(HttpContext context) =>
        TryOf(context, out var caller)
            ? caller
            : throw new InvalidOperationException("This route lets nobody in without a token.");

    /// <summary>False where nobody had to bring a token, and nobody did.</summary>
    public static bool TryOf(HttpContext context, out Caller caller)
    {
        var identity = context.User.Identity as Identity;
        caller = identity?.Caller ?? default;
        return identity is not null;
    }

    /// <summary>Bound by the framework wherever a handler takes it.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => new(Of(context));

    /// <summary>A string of digits or a JSON integer, 1 to 2^53-1.</summary>
    public static bool TryParse(ClaimsPrincipal token, out Caller caller)
    {
        caller = default;
        if (
            token.FindAll("sub").ToArray() is not [var sub]
            || sub.ValueType
                is not (
                    ClaimValueTypes.String
                    or ClaimValueTypes.Integer
                    or ClaimValueTypes.Integer32
                    or ClaimValueTypes.Integer64
                )
            || !Digits.TryParse(sub.Value, out var userId)
            || userId is not (> 0 and <= IdConstraint.Max)
        )
            return false;
        caller = new Caller(userId);
        return true;
    }

    /// <summary>All that is taken from a token, and so all that a request carries on.</summary>
    public ClaimsPrincipal ToPrincipal() => new(new Identity(this));

    sealed class Identity(Caller caller) : ClaimsIdentity(JwtBearerDefaults.AuthenticationScheme)
    {
        public Caller Caller => caller;
    }
}
