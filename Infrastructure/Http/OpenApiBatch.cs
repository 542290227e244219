using System.Reflection;
using AiEditor.Persistence.Infrastructure.Journal;
using Microsoft.OpenApi;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>
/// Shows what a member of no one type may hold (<see cref="OneOfAttribute"/>), and the operations of a batch
/// (<see cref="OperationsAttribute"/>): each is the body of its slice with what every operation may say beside it.
/// </summary>
static class OpenApiBatch
{
    public static void Describe(OpenApiDocument document, IServiceProvider services)
    {
        foreach (var (type, schema) in OpenApiTypes.OfSlices(document).ToArray())
        foreach (var member in type.GetProperties())
        {
            var name = Wire.Name(member.Name);
            if (member.GetCustomAttribute<OneOfAttribute>() is { } oneOf)
                schema.Properties![name] = new OpenApiSchema
                {
                    Description = schema.Properties[name].Description,
                    AnyOf = [.. oneOf.Types.Select(t => new OpenApiSchemaReference(t.Name, document))],
                };
            if (member.GetCustomAttribute<OperationsAttribute>() is not null)
            {
                (schema.Required ??= new SortedSet<string>(StringComparer.Ordinal)).Add(name);
                schema.Properties![name] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Description = schema.Properties[name].Description,
                    MinItems = 1,
                    MaxItems = 500,
                    Items = Operations(document, services),
                };
            }
        }
    }

    static OpenApiSchema Operations(OpenApiDocument document, IServiceProvider services)
    {
        var slices = services
            .GetServices<IWrite>()
            .Where(s => s.IsBatched)
            .OrderBy(s => s.Type, StringComparer.Ordinal)
            .ToArray();
        foreach (var slice in slices)
            document.AddComponent(
                NameOf(slice),
                Operation(slice, OpenApiTypes.Find(document, OpenApiParts.BodyOf(slice)))
            );
        return new OpenApiSchema
        {
            OneOf = [.. slices.Select(s => new OpenApiSchemaReference(NameOf(s), document))],
            Discriminator = new OpenApiDiscriminator
            {
                PropertyName = "type",
                Mapping = slices.ToDictionary(s => s.Type, s => new OpenApiSchemaReference(NameOf(s), document)),
            },
        };
    }

    static string NameOf(IWrite slice) => OpenApiParts.NameOf(slice.Type) + "Operation";

    static OpenApiSchema Operation(IWrite slice, OpenApiSchema? body)
    {
        var properties = new Dictionary<string, IOpenApiSchema>
        {
            ["key"] = Text("uuid", "Its idempotency key; made by the server when not given."),
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [slice.Type] },
        };
        if (slice.AimsAtSession)
            Name("session");
        if (slice.AimsAtItem)
            Name("item");
        if (slice.MayConflict)
        {
            properties["base_version"] = Id("The version that the change was made for, as If-Match says it.");
            properties["on_conflict"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [IWrite.Merge],
                Description = "First tries to merge with what came since.",
            };
        }
        foreach (var (name, property) in body?.Properties ?? new Dictionary<string, IOpenApiSchema>())
            properties[name] = property;
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = body?.Description ?? "An operation without a body.",
            Properties = properties,
            Required = new SortedSet<string>(
                ["type", .. body?.Required ?? new HashSet<string>()],
                StringComparer.Ordinal
            ),
            AdditionalPropertiesAllowed = false,
        };

        void Name(string what)
        {
            properties[$"{what}_id"] = Id($"The {what}, unless {what}_client_id names it.");
            properties[$"{what}_client_id"] = Text("uuid", $"The key that made the {what}, here or earlier.");
        }
    }

    static OpenApiSchema Id(string description) =>
        new()
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Description = description,
        };

    static OpenApiSchema Text(string format, string description) =>
        new()
        {
            Type = JsonSchemaType.String,
            Format = format,
            Description = description,
        };
}
