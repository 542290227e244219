using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>How answers look in the OpenAPI document: what each status means, and that all errors are problems.</summary>
static class OpenApiAnswers
{
    const string ProblemType = "application/problem+json";

    public static async Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellation
    )
    {
        var problem = await context.GetOrCreateSchemaAsync(typeof(Problem), cancellationToken: cancellation);
        context.Document!.AddComponent(nameof(Problem), problem);
        foreach (var (status, answer) in operation.Responses!)
        {
            var response = (OpenApiResponse)answer;
            response.Description = Describe(status);
            if (status[0] is '4' or '5')
                UseProblem(response, context.Document);
            if (status is "401")
                AddHeader(operation, status, "WWW-Authenticate", JsonSchemaType.String, "Bearer.");
            if (status is "429" or "503")
                AddHeader(operation, status, "Retry-After", JsonSchemaType.Integer, "Seconds to wait.");
        }
    }

    public static void AddHeader(
        OpenApiOperation operation,
        string status,
        string name,
        JsonSchemaType type,
        string description
    ) =>
        (((OpenApiResponse)operation.Responses![status]).Headers ??= new Dictionary<string, IOpenApiHeader>())[name] =
            new OpenApiHeader
            {
                Description = description,
                Schema = new OpenApiSchema { Type = type },
            };

    static void UseProblem(OpenApiResponse response, OpenApiDocument document)
    {
        // Kinds of problems that say more keep their own schema; the framework's is not what this service sends.
        if (
            response.Content?.TryGetValue(ProblemType, out var given) == true
            && given.Schema is OpenApiSchemaReference { Reference.Id: not "ProblemDetails" }
        )
            return;
        response.Content = new Dictionary<string, OpenApiMediaType>
        {
            [ProblemType] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
        };
    }

    static string Describe(string status) =>
        status switch
        {
            "101" => "The connection is a WebSocket now.",
            "200" => "OK.",
            "201" => "Made, durably.",
            "204" => "Done, durably; there is nothing to show.",
            "206" => "The range asked for.",
            "304" => "Unchanged since that ETag.",
            "400" => "malformed_request: not what the contract can read.",
            "401" => "unauthorized: no valid bearer token.",
            "404" => "not_found: there is no such resource for this caller.",
            "410" => "resync_required: load the session anew.",
            "412" => "version_conflict: someone else was faster.",
            "413" => "payload_too_large: the body exceeds its limit, after decompression.",
            "415" => "unsupported_media_type: the body is of a kind that is not read here.",
            "416" => "The range lies beyond the end.",
            "422" => "validation_failed or idempotency_key_reused.",
            "429" => "rate_limited: wait as Retry-After says.",
            "503" => "unavailable: retry with the same key.",
            _ => "See the code.",
        };
}
