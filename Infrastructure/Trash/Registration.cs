namespace AiEditor.Persistence.Infrastructure.Trash;

public static class Registration
{
    public static WebApplicationBuilder AddTrash(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(SweepSettings.Of(builder.Configuration));
        builder.Services.AddSingleton<Eraser>().AddHostedService<Sweep>();
        return builder;
    }
}
