using System.Security.Claims;
using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Infrastructure.Auth;

/// <summary>The user behind a request, from the token's <c>sub</c>.</summary>
public readonly record struct Caller(long UserId)
{
    public static Caller Of(HttpContext context) =>
        TryParse(context.User, out var userId)
            ? new Caller(userId)
            : throw new InvalidOperationException("This route lets nobody in without a token.");

    /// <summary>Bound by the framework wherever a handler takes it.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => new(Of(context));

    /// <summary>A string of digits or a JSON integer, 1 to 2^53-1.</summary>
    public static bool TryParse(ClaimsPrincipal user, out long userId)
    {
        userId = 0;
        return user.FindAll("sub").ToArray() is [var sub]
            && sub.ValueType
                is ClaimValueTypes.String
                    or ClaimValueTypes.Integer
                    or ClaimValueTypes.Integer32
                    or ClaimValueTypes.Integer64
            && Digits.TryParse(sub.Value, out userId)
            && userId is > 0 and <= IdConstraint.Max;
    }
}
