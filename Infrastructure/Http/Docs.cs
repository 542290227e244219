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
            page =>
                page.WithTitle("AiEditor.Persistence")
                    .WithOpenApiRoutePattern(OpenApi.Path)
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
}
