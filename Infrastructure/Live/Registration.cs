namespace AiEditor.Persistence.Infrastructure.Live;

public static class Registration
{
    public static WebApplicationBuilder AddLive(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Watch>();
        builder.Services.AddSingleton<Hints>().AddHostedService(services => services.GetRequiredService<Hints>());
        builder.Services.AddHostedService<Listener>().AddHostedService<Patrol>();
        return builder;
    }
}
