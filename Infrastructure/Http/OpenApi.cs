using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Rows;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>The OpenAPI document: what the framework can see of the routes, and what only we know.</summary>
public static class OpenApi
{
    public const string Path = "/openapi/v1.json";

    public static WebApplicationBuilder AddApiDescription(this WebApplicationBuilder builder)
    {
        builder.Services.AddOpenApi(options =>
        {
            options.CreateSchemaReferenceId = type =>
                SchemaName(type.Type) ?? OpenApiOptions.CreateDefaultSchemaReferenceId(type);
            options.AddSchemaTransformer(DescribeTypesAsync);
            options.AddOperationTransformer(DescribeOperationAsync);
            options.AddDocumentTransformer(DescribeDocumentAsync);
        });
        return builder;
    }

    /// <summary>Every slice has its Request; the document knows them as SaveMessageRequest and so on.</summary>
    static string? SchemaName(Type type)
    {
        if (
            type.Namespace is not { } room
            || !room.Contains(".Features.", StringComparison.Ordinal)
            || type.IsGenericType
        )
            return null;
        return room[(room.LastIndexOf('.') + 1)..] + type.Name;
    }

    static async Task DescribeTypesAsync(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancellation
    )
    {
        var type = context.JsonTypeInfo.Type;
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare.IsGenericType && bare.GetGenericTypeDefinition() == typeof(Optional<>))
        {
            var inner = await context.GetOrCreateSchemaAsync(
                bare.GetGenericArguments()[0],
                cancellationToken: cancellation
            );
            (schema.Type, schema.Format, schema.AdditionalPropertiesAllowed, schema.Properties) = (
                inner.Type,
                inner.Format,
                inner.AdditionalPropertiesAllowed,
                inner.Properties
            );
        }
        else if (bare == typeof(Json))
        {
            schema.Type = JsonSchemaType.Object;
            schema.AdditionalPropertiesAllowed = true;
            schema.Description = "Any JSON object of at most 64 KiB as compact JSON.";
        }
        else if (bare == typeof(Sha256))
        {
            schema.Type = JsonSchemaType.String;
            schema.Pattern = "^[0-9a-f]{64}$";
        }
        else if (
            context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), false)
            is [AllowedValuesAttribute allowed]
        )
            schema.Enum = [.. allowed.Values.Select(v => (JsonNode)(string)v!)];
        else if (bare.IsEnum)
            schema.Type = JsonSchemaType.String;
    }

    static async Task DescribeOperationAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellation
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        foreach (
            var parameter in operation
                .Parameters.OfType<OpenApiParameter>()
                .Where(p => p is { In: ParameterLocation.Path, Schema.Type: not JsonSchemaType.String })
        )
            parameter.Schema = IdSchema();
        foreach (
            var name in RouteNames(context.Description.RelativePath!)
                .Where(n => operation.Parameters.All(p => p.Name != n))
        )
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = name,
                    In = ParameterLocation.Path,
                    Required = true,
                    Schema = IdSchema(),
                }
            );
        foreach (var query in metadata.OfType<QueryParameter>())
            operation.Parameters.Add(Parameter(query));

        if (metadata.OfType<JsonBody>().FirstOrDefault() is { } body)
        {
            var schema = await context.GetOrCreateSchemaAsync(body.Type, cancellationToken: cancellation);
            context.Document!.AddComponent(SchemaName(body.Type)!, schema);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new()
                    {
                        Schema = new OpenApiSchemaReference(SchemaName(body.Type)!, context.Document),
                    },
                },
            };
            foreach (var status in (ReadOnlySpan<string>)["413", "415"])
                operation.Responses!.TryAdd(
                    status,
                    new OpenApiResponse { Description = Describe(status), Content = ProblemContent(context.Document) }
                );
        }
        if (metadata.OfType<MutationAnswer>().Any())
            DescribeReceipt(operation);
        if (metadata.OfType<IAuthorizeData>().Any())
            operation.Security =
            [
                new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [],
                },
            ];
        foreach (var (status, response) in operation.Responses!)
        {
            ((OpenApiResponse)response).Description = Describe(status);
            if (status is "429" or "503")
                (((OpenApiResponse)response).Headers ??= new Dictionary<string, IOpenApiHeader>())["Retry-After"] =
                    Header(JsonSchemaType.Integer, "Seconds to wait.");
        }
    }

    static void DescribeReceipt(OpenApiOperation operation)
    {
        operation.Parameters!.Add(
            new OpenApiParameter
            {
                Name = "Idempotency-Key",
                In = ParameterLocation.Header,
                Description = "A UUID of the client's making; the same request sent again under it changes nothing.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
            }
        );
        foreach (var (status, response) in operation.Responses!.Where(r => r.Key.StartsWith('2')))
        {
            var headers = ((OpenApiResponse)response).Headers ??= new Dictionary<string, IOpenApiHeader>();
            headers["Session-Revision"] = Header(JsonSchemaType.Integer, "The revision this mutation took.");
            headers["Idempotency-Key"] = Header(JsonSchemaType.String, "The key it is recorded under.");
            headers["Idempotency-Replayed"] = Header(
                JsonSchemaType.Boolean,
                "Present and true when it had been done before."
            );
            if (status == "201")
                headers["Location"] = Header(JsonSchemaType.String, "Where it is.");
        }
    }

    static Task DescribeDocumentAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellation
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "AiEditor.Persistence",
            Version = "1.0.0",
            Description =
                "Keeps what is said and made in an AI editor: sessions, messages, components with their versions, interactions.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [new OpenApiServer { Url = "/", Description = "Where this document came from." }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["bearer"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
            },
        };
        document.Tags = document
            .Paths.SelectMany(p => p.Value.Operations!.Values)
            .SelectMany(o => o.Tags ?? new HashSet<OpenApiTagReference>())
            .Select(t => t.Name!)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(name => new OpenApiTag
            {
                Name = name,
                Description = $"The {name.ToLowerInvariant()} of the service.",
            })
            .ToHashSet();
        return Task.CompletedTask;
    }

    static IEnumerable<string> RouteNames(string path) =>
        path.Split('/').Where(s => s.StartsWith('{')).Select(s => s.Trim('{', '}').Split(':')[0]);

    static OpenApiSchema IdSchema() =>
        new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Minimum = "1",
            Maximum = IdConstraint.Max.ToString(System.Globalization.CultureInfo.InvariantCulture),
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
                Minimum = query.Minimum?.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Maximum = query.Maximum?.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Default = query.Default is null ? null : JsonValue.Create(query.Default),
            },
        };

    static OpenApiHeader Header(JsonSchemaType type, string description) =>
        new()
        {
            Description = description,
            Schema = new OpenApiSchema { Type = type },
        };

    static Dictionary<string, OpenApiMediaType> ProblemContent(OpenApiDocument? document) =>
        new()
        {
            ["application/problem+json"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchemaReference("Problem", document),
            },
        };

    static string Describe(string status) =>
        status switch
        {
            "200" => "OK.",
            "201" => "Made, durably.",
            "204" => "Done, durably; there is nothing to show.",
            "304" => "Unchanged since that ETag.",
            "400" => "malformed_request: not what the contract can read.",
            "401" => "unauthorized: no valid bearer token.",
            "404" => "not_found: there is no such resource for this caller.",
            "412" => "version_conflict: someone else was faster.",
            "413" => "payload_too_large: over 8 MiB after decompression.",
            "415" => "unsupported_media_type: the body is no application/json.",
            "422" => "validation_failed or idempotency_key_reused.",
            "429" => "rate_limited: wait as Retry-After says.",
            "503" => "unavailable: retry with the same key.",
            _ => "See the code.",
        };
}
