namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>The <c>:id</c> route constraint: what is no id is no resource, hence 404 from routing itself.</summary>
public sealed class IdConstraint : IRouteConstraint
{
    public const long Max = (1L << 53) - 1;

    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) => TryParse(values[routeKey]?.ToString(), out _);

    /// <summary>1 to 2^53-1 in plain digits, no sign, no leading zero.</summary>
    public static bool TryParse(string? text, out long id) =>
        Digits.TryParse(text, out id) && id is > 0 and <= Max && text![0] != '0';
}
