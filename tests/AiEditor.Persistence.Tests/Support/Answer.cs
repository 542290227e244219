using System.Text.Json;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>A response, read whole.</summary>
sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Text)
{
    /// <summary>The body as JSON; fails the test when it is none.</summary>
    public JsonElement Json { get; } = Text.StartsWith('{') ? JsonDocument.Parse(Text).RootElement : default;

    /// <summary>The machine-readable code of a problem.</summary>
    public string Code => Json.GetProperty("code").GetString()!;

    /// <summary>The fields a problem complains about.</summary>
    public IEnumerable<string> Fields =>
        Json.TryGetProperty("errors", out var errors) ? errors.EnumerateObject().Select(e => e.Name) : [];

    public long Revision => long.Parse(Headers["Session-Revision"], System.Globalization.CultureInfo.InvariantCulture);

    public bool Replayed => Headers.ContainsKey("Idempotency-Replayed");

    /// <summary>The body of a problem without what differs from request to request.</summary>
    public string WithoutTrace => Text.Replace(Json.GetProperty("trace_id").GetString()!, "", StringComparison.Ordinal);

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, HeadersOf(response), text);
    }

    public static IReadOnlyDictionary<string, string> HeadersOf(HttpResponseMessage response) =>
        response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
}
