using AiEditor.Persistence.Infrastructure;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Observability;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Postgres;
using Carter;

try
{
    if (args is ["find-postgres"])
        return PrivateCluster.TellBinaries();
    var builder = WebApplication.CreateBuilder(args);
    if (args is ["healthcheck"])
        return await HealthCheck.AskAsync(builder.Configuration);
    builder.AddLogging().AddBearerTokens().AddDatabase().AddHttp().AddApiDescription().AddOwnership().AddJournal();
    builder.Services.AddCarter(configurator: carter => carter.WithEmptyValidators());

    await using var app = builder.Build();
    if (args is ["migrate"])
        return await app.MigrateAsync();

    app.UseRequestLog();
    app.UseHttp().UseOwnership();
    app.MapDocs();
    app.MapCarter();
    app.GreetWhenReady();
    await app.RunAsync();
    return 0;
}
catch (InvalidSettingException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
