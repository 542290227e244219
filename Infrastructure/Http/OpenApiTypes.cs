using System.Text.Json;
using System.Text.Json.Nodes;
using AiEditor.Persistence.Infrastructure.Rows;
using FluentValidation;
using FluentValidation.Validators;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>How types look in the OpenAPI document, where the framework cannot know: our converters and our validators.</summary>
static class OpenApiTypes
{
    const string Rooms = ".Features.";

    /// <summary>Every slice has its Request; the document knows them as SaveMessageRequest and so on.</summary>
    public static string? NameOf(System.Text.Json.Serialization.Metadata.JsonTypeInfo type) =>
        NameInSlice(type.Type)
        ?? (
            Bare(type.Type) == typeof(Json) ? "Metadata"
            : Bare(type.Type) == typeof(JsonElement) || IsOptional(type.Type) ? null
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type)
        );

    static bool IsOptional(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>);

    static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    static string? NameInSlice(Type type) =>
        type.Namespace is { } room && room.Contains(Rooms, StringComparison.Ordinal) && !type.IsGenericType
            ? room[(room.LastIndexOf('.') + 1)..] + type.Name
            : null;

    public static async Task DescribeAsync(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancellation
    )
    {
        var bare = Bare(context.JsonTypeInfo.Type);
        if (IsOptional(bare))
            await ShowInnerAsync(schema, bare.GetGenericArguments()[0], context, cancellation);
        else if (bare == typeof(Json))
        {
            schema.Type = JsonSchemaType.Object;
            schema.AdditionalProperties = new OpenApiSchema();
            schema.Description = "Any JSON object of at most 64 KiB as compact JSON; numbers come back exactly.";
        }
        else if (bare == typeof(Sha256))
            (schema.Type, schema.Pattern, schema.Description) = (
                JsonSchemaType.String,
                OpenApiOperations.Sha256Pattern,
                "A SHA-256 in lowercase hex."
            );
        else if (bare.IsEnum)
            schema.Type = JsonSchemaType.String;
        else if (bare.IsAssignableTo(typeof(Problem)))
            DescribeProblem(schema);

        // Of anything, which the exporter says by saying nothing; a list must say what it is of.
        if (schema.Type?.HasFlag(JsonSchemaType.Array) == true)
            schema.Items ??= new OpenApiSchema();
        DescribeComputed(schema, context);
    }

    /// <summary>A member without a setter is always there, and null only if its getter says so; the exporter takes neither for granted.</summary>
    static void DescribeComputed(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        if (context.JsonPropertyInfo is { Set: null, IsGetNullable: false })
            schema.Type &= ~JsonSchemaType.Null;
        foreach (var member in context.JsonTypeInfo.Properties)
            if (member is { Set: null, Get: not null } && schema.Properties?.ContainsKey(member.Name) == true)
                (schema.Required ??= new SortedSet<string>(StringComparer.Ordinal)).Add(member.Name);
    }

    /// <summary>An optional is on the wire what it holds; whether null may stand there, its validator knows.</summary>
    static async Task ShowInnerAsync(
        OpenApiSchema schema,
        Type type,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancellation
    )
    {
        var inner = await context.GetOrCreateSchemaAsync(type, cancellationToken: cancellation);
        var takesNull = !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
        schema.Type = inner.Type | (takesNull ? JsonSchemaType.Null : 0);
        schema.Format = inner.Format;
        schema.Enum = inner.Enum;
        schema.Items = inner.Items;
        schema.Properties = inner.Properties;
        schema.Required = inner.Required;
        schema.AdditionalProperties = inner.AdditionalProperties is null ? null : new OpenApiSchema();
        if (schema.Description is null || schema.Description == Summaries.Of(typeof(Optional<>)))
            schema.Description = inner.Description;
    }

    static void DescribeProblem(OpenApiSchema schema)
    {
        schema.Required = new SortedSet<string>(schema.Required ?? new HashSet<string>(), StringComparer.Ordinal)
        {
            "trace_id",
        };
        // A kind of problem may say more than every problem does, and clients are to let it.
        schema.AdditionalProperties = new OpenApiSchema();
        if (schema.Properties?.TryGetValue("errors", out var member) == true && member is OpenApiSchema errors)
            errors.Type = JsonSchemaType.Object;
    }

    /// <summary>Requests are described by the rules that check them: what is required, what may be null, how long text may be.</summary>
    public static void ApplyRules(OpenApiDocument document, IServiceProvider services)
    {
        foreach (var (type, schema) in OfSlices(document))
        {
            if (type.Name == "Request")
                Close(type, schema, document);
            if (services.GetService(typeof(IValidator<>).MakeGenericType(type)) is IValidator validator)
                Apply(validator, schema);
        }
    }

    /// <summary>Requests, and what they are made of, hold nothing unknown; answers may grow.</summary>
    static void Close(Type type, OpenApiSchema schema, OpenApiDocument document)
    {
        schema.AdditionalPropertiesAllowed = false;
        foreach (var part in type.GetProperties().SelectMany(p => p.PropertyType.GetGenericArguments()))
            if (Find(document, part) is { } below)
                Close(part, below, document);
    }

    /// <summary>The slices' own types that the document shows.</summary>
    public static IEnumerable<(Type Type, OpenApiSchema Schema)> OfSlices(OpenApiDocument document) =>
        from type in typeof(OpenApiTypes).Assembly.GetTypes()
        let schema = Find(document, type)
        where schema is not null
        select (type, schema);

    public static OpenApiSchema? Find(OpenApiDocument document, Type type) =>
        NameInSlice(type) is { } name && document.Components?.Schemas?.TryGetValue(name, out var schema) == true
            ? schema as OpenApiSchema
            : null;

    static void Apply(IValidator validator, OpenApiSchema schema)
    {
        foreach (var rule in validator.CreateDescriptor().Rules)
        foreach (var part in rule.Components)
        {
            if (
                schema.Properties?.TryGetValue(rule.PropertyName ?? "", out var member) != true
                || member is not OpenApiSchema property
            )
                continue;
            if (part.Validator is INotNullValidator)
            {
                property.Type &= ~JsonSchemaType.Null;
                // A patch's members are required only if they are given.
                if (!rule.HasCondition && !part.HasCondition && !part.HasAsyncCondition)
                    (schema.Required ??= new SortedSet<string>(StringComparer.Ordinal)).Add(rule.PropertyName!);
            }
            if (part.Validator is ITextLength length)
            {
                property.MinLength = length.Min > 0 ? length.Min : property.MinLength;
                property.MaxLength = length.Max ?? property.MaxLength;
            }
            if (part.Validator is IOneOfTexts allowed)
                property.Enum = [.. allowed.Texts.Select(text => (JsonNode)text)];
        }
    }
}
