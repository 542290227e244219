using Microsoft.Extensions.FileProviders;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>The demo editor at <c>/</c>, in Development and where it has been built. Before routing: its files are nobody's.</summary>
static class DemoEditor
{
    const string NotBuilt =
        "The demo editor is not built: that takes Node.js and npm, and ./run does it when they are there. The API's pages are at /docs.\n";

    public static WebApplication UseDemoEditor(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
            return app;
        var built = Path.Combine(app.Environment.ContentRootPath, "clients", "editor", "dist");
        if (File.Exists(Path.Combine(built, "index.html")))
        {
            var files = new PhysicalFileProvider(built);
            app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
            app.UseStaticFiles(new StaticFileOptions { FileProvider = files });
        }
        else
            app.Use(
                static (context, next) =>
                    context.Request.Path == "/" && HttpMethods.IsGet(context.Request.Method)
                        ? context.Response.WriteAsync(NotBuilt)
                        : next(context)
            );
        return app;
    }
}
