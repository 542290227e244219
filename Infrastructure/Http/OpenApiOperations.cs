using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Rows;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>How operations look in the OpenAPI document: what the contract says of them all, told by what they are.</summary>
static class OpenApiOperations
{
    public const string Sha256Pattern = "^[0-9a-f]{64}$";

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
        foreach (var header in metadata.OfType<HeaderParameter>())
            AddParameter(operation, header.Name, header.Description, Text(pattern: header.Pattern));
        if (metadata.OfType<JsonBody>().Any())
            foreach (var status in (ReadOnlySpan<string>)["413", "415"])
                operation.Responses!.TryAdd(status, new OpenApiResponse());
        if (metadata.OfType<MutationAnswer>().Any())
            DescribeReceipt(operation);
        OpenApiBytes.Describe(operation, metadata);
        DescribePreconditions(operation);
        if (
            context.Description.SupportedResponseTypes.Any(r =>
                r.StatusCode == 200 && typeof(Component).IsAssignableFrom(r.Type)
            )
        )
            DescribeETag(operation);
        // Said also where there is none to say: an empty list means that anyone may ask.
        operation.Security = metadata.OfType<IAuthorizeData>().Any()
            ? [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] }]
            : [];

        await OpenApiAnswers.DescribeAsync(operation, context, cancellation);
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
            OpenApiAnswers.AddHeader(
                operation,
                status,
                "Session-Revision",
                JsonSchemaType.Integer,
                "The revision it took."
            );
            OpenApiAnswers.AddHeader(
                operation,
                status,
                "Idempotency-Key",
                JsonSchemaType.String,
                "The key it is recorded under."
            );
            OpenApiAnswers.AddHeader(
                operation,
                status,
                "Idempotency-Replayed",
                JsonSchemaType.Boolean,
                "Present and true when it had been done before."
            );
            if (status == "201")
                OpenApiAnswers.AddHeader(
                    operation,
                    status,
                    "Location",
                    JsonSchemaType.String,
                    "Where it is, if it is one thing."
                );
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
        DescribeETag(operation);
    }

    static void DescribeETag(OpenApiOperation operation)
    {
        foreach (var status in operation.Responses!.Keys.Where(s => s is "200" or "206" or "304").ToArray())
            OpenApiAnswers.AddHeader(
                operation,
                status,
                "ETag",
                JsonSchemaType.String,
                "Names this state of the resource."
            );
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

    static OpenApiParameter Parameter(QueryParameter query) =>
        new()
        {
            Name = query.Name,
            In = ParameterLocation.Query,
            Description = query.Description,
            Schema = new OpenApiSchema
            {
                Type = Enum.Parse<JsonSchemaType>(query.Type, ignoreCase: true),
                Format =
                    query.Type != "integer" ? null
                    : query.Maximum is null ? "int64"
                    : "int32",
                Minimum = query.Minimum?.ToString(CultureInfo.InvariantCulture),
                Maximum = query.Maximum?.ToString(CultureInfo.InvariantCulture),
                Default = query.Default is null ? null : JsonValue.Create(query.Default),
                MaxLength = query.MaxLength,
                Enum = query.OneOf?.Select(word => (JsonNode)word).ToList(),
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
}
