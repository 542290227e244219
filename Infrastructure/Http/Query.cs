namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>Reads the query string; the first value that is out of bounds becomes the problem.</summary>
public sealed class Query(IQueryCollection values)
{
    public Problem? Problem { get; private set; }

    public int Whole(string name, int min, int max, int otherwise)
    {
        if (One(name) is not { } text)
            return otherwise;
        if (Digits.TryParse(text, out var value) && value >= min && value <= max)
            return (int)value;
        return Refuse(name, $"must be a whole number from {min} to {max}", otherwise);
    }

    /// <summary>A revision, or 0 for before all of them.</summary>
    public long? Revision(string name)
    {
        if (One(name) is not { } text)
            return null;
        return Digits.TryParse(text, out var value) && value is >= 0 and <= IdConstraint.Max
            ? value
            : Refuse<long?>(name, $"must be a whole number from 0 to {IdConstraint.Max}", null);
    }

    public bool? Bool(string name) =>
        One(name) switch
        {
            null => null,
            "true" => true,
            "false" => false,
            _ => Refuse<bool?>(name, "must be true or false", null),
        };

    /// <summary>One of a few words.</summary>
    public string? OneOf(string name, params ReadOnlySpan<string> words) =>
        One(name) is not { } text ? null
        : words.Contains(text) ? text
        : Refuse<string?>(name, $"must be {string.Join(" or ", words)}", null);

    public string? Text(string name, int maxLength) =>
        One(name) is not { } text ? null
        : text.Length <= maxLength && !text.Contains('\0') ? text
        : Refuse<string?>(name, $"must have at most {maxLength} characters and no U+0000", null);

    /// <summary>The position a cursor holds, or null at the beginning.</summary>
    public T? Cursor<T>(string scope)
        where T : class =>
        One("cursor") is not { } text ? null
        : Http.Cursor.Read<T>(text, scope) is { } position ? position
        : Refuse<T?>("cursor", "is none of this list's cursors", null);

    string? One(string name) =>
        // The collection finds names in any case; ours are spelt one way, and others mean nothing here.
        values.TryGetValue(name, out var given) && values.Keys.Contains(name, StringComparer.Ordinal)
            ? given.Count == 1
                ? given[0]
                : Refuse<string?>(name, "must be given once", null)
            : null;

    /// <summary>For what only the slice can read; the first refusal becomes the problem.</summary>
    public T Refuse<T>(string name, string text, T otherwise)
    {
        Problem ??= Problem.Malformed($"{name} {text}.", name);
        return otherwise;
    }

    /// <summary>Bound by the framework wherever a handler takes it.</summary>
    public static ValueTask<Query> BindAsync(HttpContext context) => new(new Query(context.Request.Query));
}

/// <summary>Describes a query parameter in the OpenAPI document; <see cref="Query"/> reads it.</summary>
public sealed record QueryParameter(
    string Name,
    string Type,
    string Description,
    int? Minimum = null,
    int? Maximum = null,
    object? Default = null,
    int? MaxLength = null
)
{
    /// <summary>The only values it may have.</summary>
    public IReadOnlyList<string>? OneOf { get; init; }
}

/// <summary>Describes in the OpenAPI document a header that only this route reads.</summary>
public sealed record HeaderParameter(string Name, string Description, string? Pattern = null);

public static class QueryParameters
{
    public static TBuilder Takes<TBuilder>(this TBuilder route, params QueryParameter[] parameters)
        where TBuilder : IEndpointConventionBuilder
    {
        route.Add(endpoint =>
        {
            foreach (var parameter in parameters)
                endpoint.Metadata.Add(parameter);
        });
        return route;
    }

    /// <summary><c>limit</c> (1 to 200, else 50) and <c>cursor</c>.</summary>
    public static TBuilder TakesPage<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.Takes(
            new QueryParameter("limit", "integer", "How many items at most.", 1, 200, 50),
            new QueryParameter("cursor", "string", "Where the page before ended: its next_cursor.")
        );
}
