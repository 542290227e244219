using Scalar.AspNetCore;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>The document and a page that shows it.</summary>
public static class Docs
{
    public static WebApplication MapDocs(this WebApplication app)
    {
        app.MapOpenApi(OpenApi.Path);
        app.MapScalarApiReference(
            "/docs",
            page => page.WithTitle("AiEditor.Persistence").WithOpenApiRoutePattern(OpenApi.Path)
        );
        return app;
    }
}
