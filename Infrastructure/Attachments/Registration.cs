namespace AiEditor.Persistence.Infrastructure.Attachments;

public static class Registration
{
    public static WebApplicationBuilder AddAttachments(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PostgresBlobStore>();
        if (builder.Configuration[S3Url.Setting] is { Length: > 0 } url)
        {
            // Made here and now: what it cannot work with stops the start.
            var s3 = S3BlobStore.Open(S3Url.Parse(url));
            builder.Services.AddSingleton(_ => s3).AddSingleton<IBlobStore, MovingBlobStore>();
        }
        else
            builder.Services.AddSingleton<IBlobStore>(services => services.GetRequiredService<PostgresBlobStore>());
        builder.Services.AddSingleton<Files>();
        builder.Services.Configure<RouteOptions>(routes => routes.ConstraintMap["sha256"] = typeof(Sha256Constraint));
        return builder;
    }
}
