using System.Text.Json;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>An operation as the OpenAPI document of the running service describes it.</summary>
sealed record Described(string Id, string Method, string Path, bool NeedsToken)
{
    public bool IsBelowASession => Path.StartsWith("/v1/sessions/{sessionId}", StringComparison.Ordinal);

    /// <summary>The names in the path's braces.</summary>
    public IEnumerable<string> Parameters =>
        Path.Split('/').Where(s => s.StartsWith('{')).Select(s => s.Trim('{', '}'));

    public HttpMethod HttpMethod => HttpMethod.Parse(Method);

    public static async Task<IReadOnlyList<Described>> AllAsync()
    {
        using var document = JsonDocument.Parse(await Service.Main.Http.GetStringAsync("/openapi/v1.json"));
        return
        [
            .. from path in document.RootElement.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            select new Described(
                operation.Value.TryGetProperty("operationId", out var id) ? id.GetString()! : "",
                operation.Name.ToUpperInvariant(),
                path.Name,
                operation.Value.TryGetProperty("security", out var security) && security.GetArrayLength() > 0
            ),
        ];
    }
}
