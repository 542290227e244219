using System.Buffers;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>The <c>:sha256</c> route constraint: what is no hash names no file, hence 404 from routing itself.</summary>
public sealed class Sha256Constraint : IRouteConstraint
{
    static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) => TryParse(values[routeKey]?.ToString(), out _);

    /// <summary>64 lowercase hex digits.</summary>
    public static bool TryParse(string? text, out Sha256 sha256)
    {
        sha256 = default;
        if (text is not { Length: 64 } || text.AsSpan().ContainsAnyExcept(Digits))
            return false;
        sha256 = new Sha256(Convert.FromHexString(text));
        return true;
    }
}
