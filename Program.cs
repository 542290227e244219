using AiEditor.Persistence.Infrastructure;
using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Live;
using AiEditor.Persistence.Infrastructure.Observability;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Trash;
using Carter;
using Microsoft.AspNetCore.Connections;

try
{
    var builder = WebApplication.CreateBuilder(args);
    switch (args)
    {
        case ["find-postgres"]:
            return PrivateCluster.TellBinaries();
        case ["healthcheck"]:
            return await HealthCheck.AskAsync(builder.Configuration);
        case ["migrate"]:
            builder.AddLogging().AddDatabase();
            await using (var tool = builder.Build())
                return await tool.MigrateAsync();
        case [var unknown, ..] when unknown is "--help" or "-h" || !unknown.StartsWith('-'):
            throw new InvalidSettingException(
                unknown,
                "is no subcommand; there are migrate, healthcheck, find-postgres"
            );
    }

    // The database comes last: it may start a server, which nobody wants of a start that is refused.
    builder
        .AddLogging()
        .AddBearerTokens()
        .AddHttp()
        .AddApiDescription()
        .AddOwnership()
        .AddJournal()
        .AddLive()
        .AddTrash()
        .AddAttachments()
        .AddDatabase();
    builder.Services.AddCarter(configurator: carter => carter.WithEmptyValidators());
    await using var app = builder.Build();
    app.UseRequestLog();
    app.UseHttp().UseOwnership();
    app.MapDocs();
    app.MapCarter();
    app.GreetWhenReady();
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is InvalidSettingException or IOException { InnerException: AddressInUseException })
{
    await Console.Error.WriteLineAsync(e is InvalidSettingException ? e.Message : $"PORT is taken: {e.Message}");
    return 2;
}
