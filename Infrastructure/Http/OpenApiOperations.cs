using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using AiEditor.Persistence.Infrastructure.Journal;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>How operations look in the OpenAPI document: what the contract says of them all, told by what they are.</summary>
static class OpenApiOperations
{
    public const string Sha256Pattern = "^[0-9a-f]{64}$";
    const string ProblemType = "application/problem+json";

    public static async Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellation
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Description ??= Summaries.Of(metadata.OfType<MethodInfo>().FirstOrDefault()?.DeclaringType);
        DescribePath(operation, context.Description.RelativePath!);
        foreach (var query in metadata.OfType<QueryParameter>())
            operation.Parameters!.Add(Parameter(query));
        if (metadata.OfType<JsonBody>().Any())
            foreach (var status in (ReadOnlySpan<string>)["413", "415"])
                operation.Responses!.TryAdd(status, new OpenApiResponse());
        if (metadata.OfType<MutationAnswer>().Any())
            DescribeReceipt(operation);
        DescribePreconditions(operation);
        // Said also where there is none to say: an empty list means that anyone may ask.
        operation.Security = metadata.OfType<IAuthorizeData>().Any()
            ? [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] }]
            : [];

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

    /// <summary>The kinds of id in a path are told by their constraint, or by their name.</summary>
    static void DescribePath(OpenApiOperation operation, string path)
    {
        operation.Parameters ??= [];
        foreach (var segment in path.Split('/').Where(s => s.StartsWith('{')).Select(s => s.Trim('{', '}')))
        {
            var (name, constraint) = segment.Split(':', 2) is [var n, var c] ? (n, c) : (segment, "");
            var parameter = operation.Parameters.OfType<OpenApiParameter>().FirstOrDefault(p => p.Name == name);
            if (parameter is null)
                operation.Parameters.Add(parameter = new OpenApiParameter { Name = name });
            (parameter.In, parameter.Required) = (ParameterLocation.Path, true);
            (parameter.Schema, parameter.Description) = (name, constraint) switch
            {
                ("sha256", _) => (Text(pattern: Sha256Pattern), "SHA-256 of the bytes, in lowercase hex."),
                ("key", _) => (Text(format: "uuid"), "The key of a mutation."),
                ("version", _) => (WholeNumber(), "A version of the component: 1, 2, ..."),
                (_, "id") => (WholeNumber(), $"The {name.Replace("Id", "", StringComparison.Ordinal)}'s id."),
                _ => (Text(), parameter.Description),
            };
        }
    }

    static void DescribeReceipt(OpenApiOperation operation)
    {
        AddParameter(
            operation,
            "Idempotency-Key",
            "A UUID of the client's making; the same request sent again under it changes nothing.",
            Text(format: "uuid")
        );
        foreach (var status in operation.Responses!.Keys.Where(s => s[0] == '2').ToArray())
        {
            AddHeader(operation, status, "Session-Revision", JsonSchemaType.Integer, "The revision it took.");
            AddHeader(operation, status, "Idempotency-Key", JsonSchemaType.String, "The key it is recorded under.");
            AddHeader(
                operation,
                status,
                "Idempotency-Replayed",
                JsonSchemaType.Boolean,
                "Present and true when it had been done before."
            );
            if (status == "201")
                AddHeader(operation, status, "Location", JsonSchemaType.String, "Where it is, if it is one thing.");
        }
    }

    /// <summary>Who can answer 304 or 412 has an ETag and compares what the client knows with it.</summary>
    static void DescribePreconditions(OpenApiOperation operation)
    {
        var (header, description) =
            operation.Responses!.ContainsKey("304")
                ? ("If-None-Match", "An ETag of an earlier answer; 304 if it still holds.")
            : operation.Responses.ContainsKey("412")
                ? ("If-Match", "The version that the change was made for, as \"3\"; * or absent: any.")
            : (null, null);
        if (header is null)
            return;
        AddParameter(operation, header, description!, Text());
        foreach (var status in operation.Responses.Keys.Where(s => s is "200" or "304").ToArray())
            AddHeader(operation, status, "ETag", JsonSchemaType.String, "Names this state of the resource.");
    }

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

    static void AddParameter(OpenApiOperation operation, string name, string description, OpenApiSchema schema) =>
        operation.Parameters!.Add(
            new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Description = description,
                Schema = schema,
            }
        );

    static void AddHeader(
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

    static OpenApiParameter Parameter(QueryParameter query) =>
        new()
        {
            Name = query.Name,
            In = ParameterLocation.Query,
            Description = query.Description,
            Schema = new OpenApiSchema
            {
                Type = Enum.Parse<JsonSchemaType>(query.Type, ignoreCase: true),
                Format = query.Type == "integer" ? "int32" : null,
                Minimum = query.Minimum?.ToString(CultureInfo.InvariantCulture),
                Maximum = query.Maximum?.ToString(CultureInfo.InvariantCulture),
                Default = query.Default is null ? null : JsonValue.Create(query.Default),
            },
        };

    static OpenApiSchema Text(string? format = null, string? pattern = null) =>
        new()
        {
            Type = JsonSchemaType.String,
            Format = format,
            Pattern = pattern,
        };

    /// <summary>An id or a version.</summary>
    static OpenApiSchema WholeNumber() =>
        new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Minimum = "1",
            Maximum = IdConstraint.Max.ToString(CultureInfo.InvariantCulture),
        };

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
            "415" => "unsupported_media_type: the body is no application/json.",
            "416" => "The range lies beyond the end.",
            "422" => "validation_failed or idempotency_key_reused.",
            "429" => "rate_limited: wait as Retry-After says.",
            "503" => "unavailable: retry with the same key.",
            _ => "See the code.",
        };
}
