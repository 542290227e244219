using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.OpenApi;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>
/// The OpenAPI document: what the framework can see of the routes, and what only we know of their types
/// (<see cref="OpenApiTypes"/>, <see cref="OpenApiParts"/>, <see cref="OpenApiBatch"/>) and operations (<see cref="OpenApiOperations"/>).
/// </summary>
public static class OpenApi
{
    public const string Path = "/openapi/v1.json";

    public static WebApplicationBuilder AddApiDescription(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddEnumerable(ServiceDescriptor.Transient<IApiDescriptionProvider, JsonBodies>());
        builder.Services.AddOpenApi(options =>
        {
            options.CreateSchemaReferenceId = OpenApiTypes.NameOf;
            options.AddSchemaTransformer(OpenApiTypes.DescribeAsync);
            options.AddOperationTransformer(OpenApiOperations.DescribeAsync);
            options.AddDocumentTransformer(DescribeAsync);
        });
        return builder;
    }

    static Task DescribeAsync(
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
                "Keeps what is said and made in an AI editor: sessions, messages, components with their versions, "
                + "interactions. Ids, revisions and versions are integers below 2^53; times are RFC 3339 in UTC.",
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
                Description = "HS256 under the service's secret, or the tokens of its OpenID Connect issuer.",
            },
        };
        // The framework's idea of a problem; ours took its place in every answer.
        document.Components.Schemas?.Remove("ProblemDetails");
        OpenApiTypes.ApplyRules(document, context.ApplicationServices);
        OpenApiParts.Describe(document, context.ApplicationServices);
        OpenApiBatch.Describe(document, context.ApplicationServices);
        Order(document);
        DescribeTags(document);
        return Task.CompletedTask;
    }

    /// <summary>The committed document changes when the contract does, not when a compiler lists types in another order.</summary>
    static void Order(OpenApiDocument document)
    {
        var paths = document.Paths.OrderBy(p => p.Key, StringComparer.Ordinal).ToArray();
        document.Paths.Clear();
        foreach (var (path, item) in paths)
        {
            foreach (var operation in item.Operations!.Values)
            {
                var responses = operation.Responses!.OrderBy(r => r.Key, StringComparer.Ordinal).ToArray();
                operation.Responses!.Clear();
                foreach (var (status, response) in responses)
                    operation.Responses.Add(status, response);
            }
            var operations = item.Operations.OrderBy(o => o.Key.Method, StringComparer.Ordinal).ToArray();
            item.Operations.Clear();
            foreach (var (method, operation) in operations)
                item.Operations.Add(method, operation);
            document.Paths.Add(path, item);
        }
    }

    static void DescribeTags(OpenApiDocument document) =>
        document.Tags = document
            .Paths.SelectMany(p => p.Value.Operations!.Values)
            .SelectMany(o => o.Tags ?? new HashSet<OpenApiTagReference>())
            .Select(t => t.Name!)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(name => new OpenApiTag { Name = name, Description = DescribeTag(name) })
            .ToHashSet();

    static string DescribeTag(string name) =>
        name switch
        {
            "Sessions" => "Conversations with all that was made in them; each is a journal that counts its revisions.",
            "Messages" => "What was said.",
            "Components" => "What was made, each with all its versions; one of a session is the current one.",
            "Interactions" => "Prompts about one element of the page, and their responses.",
            "Attachments" => "Files, known by the SHA-256 of their bytes.",
            "Batches" => "Many operations in one request, for clients that were away.",
            "Sync" => "For devices that follow a session.",
            "Turns" => "Exchanges with the model, saved whole.",
            "Operations" => "What became of a key, after a crash or a lost answer.",
            "Portability" => "Sessions on their way elsewhere and back, whole.",
            "Health" => "For orchestrators and load balancers.",
            _ => $"{name}.",
        };
}
