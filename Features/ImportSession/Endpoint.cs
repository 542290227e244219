using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Ownership;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>
/// Makes a session of an archive, equal to it but for ids and revisions, in one mutation. Other tools' exports make a
/// session of each conversation; what has no place here is counted with the reason. One file makes 10,000 sessions at
/// most, and brings as many files. Nothing of a bad one is kept.
/// </summary>
public sealed class Endpoint : ICarterModule
{
    public const long BytesAtMost = 256L * Rules.MiB;

    /// <summary>Each may fill 256 MiB of the folder for temporary files, as slowly as its sender likes.</summary>
    static readonly Places Receiving = new(all: 16, each: 2);

    /// <summary>Each keeps a core and a connection busy. Taken once the body is whole, so that nobody waits for a sender.</summary>
    static readonly Places Working = new(all: 4, each: 2);
    static readonly Problem TooLarge = Problem.PayloadTooLarge with { Detail = "An archive may have 256 MiB." };

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapV1()
            .MapPost("/sessions/import", Handle)
            .WithName("ImportSession")
            .WithTags("Portability")
            .WithSummary("Bring a session from elsewhere")
            .Takes(
                new QueryParameter("format", "string", "Whose export it is; an archive of our own when not given.")
                {
                    OneOf = [.. Formats.All.Keys],
                }
            )
            .WithMetadata(new RawBody(MediaTypes.All))
            .ProducesProblem(413)
            .ProducesProblem(415);

    static async Task<Results<Saved<Response>, Problem>> Handle(
        Mutation mutation,
        Query query,
        HttpContext context,
        Files files,
        Journal journal,
        NpgsqlDataSource database,
        ILogger<Importer> logger
    )
    {
        var format = query.OneOf("format", [.. Formats.All.Keys]) ?? "";
        if ((mutation.Problem ?? query.Problem) is { } problem)
            return problem;
        if (MediaTypes.Refuse(context.Request) is { } unsupported)
            return unsupported;
        var (received, refusal) = await Upload.ReceiveAsync(context, Receiving, BytesAtMost, TooLarge);
        if (received is null)
            return refusal!;
        await using var upload = received;
        using var place = await Working.TakeAsync(mutation.Target.UserId, context.RequestAborted);
        if (place is null)
            return Problem.Overloaded;
        var (response, outcome) = await new Importer(database, files, journal, logger).ImportAsync(
            mutation.Target,
            upload,
            format
        );
        return outcome.Problem is { } bad
            ? bad
            : new Saved<Response>(response!, made => $"/v1/sessions/{made.Session.Id}", mutation.Target, outcome);
    }
}
