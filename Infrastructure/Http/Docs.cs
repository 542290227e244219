using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>The document and a page that shows it.</summary>
public static class Docs
{
    const string Path = "/docs";

    /// <summary>The page names its parts relative to a folder: at the address without a slash it begins by adding one.</summary>
    const string AddSlash =
        "<script>if (!location.pathname.endsWith('/')) history.replaceState(null, '', location.pathname + '/' + location.hash)</script>";

    /// <summary>The page itself would redirect there, and the contract says that it is here. Before routing.</summary>
    public static WebApplication UseDocsWithoutSlash(this WebApplication app)
    {
        app.Use(
            static (context, next) =>
            {
                if (context.Request.Path == Path)
                    context.Request.Path = Path + "/";
                return next(context);
            }
        );
        return app;
    }

    public static WebApplication MapDocs(this WebApplication app)
    {
        // Written once, when first asked for: everyone may ask, and it stays the same for as long as the service runs.
        var document = new Lazy<Task<byte[]>>(() => WriteAsync(app.Services));
        app.MapGet(OpenApi.Path, async () => TypedResults.Bytes(await document.Value, "application/json;charset=utf-8"))
            .ExcludeFromDescription();
        app.MapScalarApiReference(
            Path,
            page =>
                page.WithTitle("AiEditor.Persistence")
                    .WithOpenApiRoutePattern(OpenApi.Path)
                    .AddHeadContent(AddSlash)
                    .AddPreferredSecuritySchemes("bearer")
                    // A private service's page talks to that service alone: no fonts, chats or statistics of somebody else's.
                    .DisableDefaultFonts()
                    .DisableTelemetry()
                    .DisableAgent()
                    .DisableMcp()
                    .HideDeveloperTools()
                    .HideClientButton()
        );
        return app;
    }

    static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1");
        var document = await provider.GetOpenApiDocumentAsync();
        using var bytes = new MemoryStream();
        await document.SerializeAsJsonAsync(bytes, OpenApiSpecVersion.OpenApi3_1);
        return bytes.ToArray();
    }
}
