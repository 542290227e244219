using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Postgres;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.IdentityModel.Tokens;

namespace AiEditor.Persistence.Infrastructure.Observability;

/// <summary>What a newcomer wants to see first: where it is, a token, and a command that saves something.</summary>
public static class Greeting
{
    const long UserId = 1;

    public static WebApplication GreetWhenReady(this WebApplication app)
    {
        if (app.Environment.IsDevelopment() && app.Services.GetService<SymmetricSecurityKey>() is { } key)
            app.Lifetime.ApplicationStarted.Register(() => _ = GreetAsync(app, key));
        return app;
    }

    static async Task GreetAsync(WebApplication app, SymmetricSecurityKey key)
    {
        if (!await app.Services.GetRequiredService<SchemaState>().WhenCurrentAsync(app.Lifetime.ApplicationStopping))
            return;
        var address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()
            ?.Addresses.FirstOrDefault();
        var url =
            $"http://localhost:{new Uri((address ?? "http://x:0").Replace("[::]", "localhost", StringComparison.Ordinal)).Port}";
        await Console.Out.WriteLineAsync(
            $$"""

              AiEditor.Persistence   {{url}}
              Demo editor            {{url}}/
              Docs                   {{url}}/docs
              Token (user {{UserId}}, 7 days)

              export TOKEN={{DevTokens.Issue(key, app.Configuration, UserId)}}

              # Make a session and save a message in it:
              id=$(curl -s {{url}}/v1/sessions -H "Authorization: Bearer $TOKEN" \
                   -H 'Content-Type: application/json' -d '{"title": "My first"}' | sed 's/.*"id":\([0-9]*\).*/\1/')
              curl -i {{url}}/v1/sessions/$id/messages -H "Authorization: Bearer $TOKEN" \
                   -H 'Content-Type: application/json' -d '{"role": "user", "content": "A red button, please."}'

            """
        );
    }
}
