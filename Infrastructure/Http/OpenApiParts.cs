using System.Reflection;
using AiEditor.Persistence.Infrastructure.Journal;
using Microsoft.OpenApi;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>
/// Shows the members that carry other slices' bodies (<see cref="TurnPartAttribute"/>). Slices do not know each other, so
/// such a member is any JSON to its own slice; what it holds is found by the operation's name.
/// </summary>
static class OpenApiParts
{
    public static void Describe(OpenApiDocument document, IServiceProvider services)
    {
        var bodies = services.GetServices<IWrite>().ToDictionary(slice => slice.Type, BodyOf);
        foreach (var (type, schema) in OpenApiTypes.OfSlices(document))
        foreach (var member in type.GetProperties())
            if (
                member.GetCustomAttribute<TurnPartAttribute>() is { } part
                && bodies.TryGetValue(part.Type, out var body)
                && OpenApiTypes.Find(document, body) is { } whole
            )
            {
                var name = Wire.Name(member.Name);
                schema.Properties![name] = Describe(schema.Properties[name], part, whole, document);
            }
    }

    /// <summary>What a writing slice reads.</summary>
    public static Type BodyOf(IWrite slice) =>
        slice
            .GetType()
            .GetInterfaces()
            .Single(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IWrite<,>))
            .GetGenericArguments()[0];

    static IOpenApiSchema Describe(
        IOpenApiSchema member,
        TurnPartAttribute part,
        OpenApiSchema whole,
        OpenApiDocument document
    )
    {
        var name = NameOf(part.Type) + "Part";
        document.AddComponent(name, Part(part, whole));
        var one = new OpenApiSchemaReference(name, document);
        if (member.Type?.HasFlag(JsonSchemaType.Array) == true)
            return new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = one,
                Description = member.Description,
            };
        one.Description = member.Description;
        return one;
    }

    /// <summary>A slice's name from its operation's.</summary>
    public static string NameOf(string type) =>
        string.Concat(type.Split('_').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));

    /// <summary>The body of the slice's own request, with a key, and with what the turn puts in no longer required.</summary>
    static OpenApiSchema Part(TurnPartAttribute part, OpenApiSchema whole)
    {
        var properties = new Dictionary<string, IOpenApiSchema>
        {
            ["key"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = "uuid",
                Description = "The key of this part; without one it is made from the request's own.",
            },
        };
        foreach (var (name, property) in whole.Properties!)
            properties[name] = property;
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = whole.Description,
            Properties = properties,
            Required = new SortedSet<string>(
                (whole.Required ?? new HashSet<string>()).Where(n => part.DefaultRole is null || n != "role"),
                StringComparer.Ordinal
            ),
            AdditionalPropertiesAllowed = false,
        };
    }
}
