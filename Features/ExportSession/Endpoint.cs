using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using Carter;
using Npgsql;

namespace AiEditor.Persistence.Features.ExportSession;

/// <summary>
/// Gives a session whole, as of one moment: every row with its history and its files, a JSON object a line. What it gives
/// can be imported.
/// </summary>
public sealed class Endpoint : ICarterModule
{
    /// <summary>Each holds a connection, and a snapshot, for as long as its reader takes.</summary>
    static readonly Places Places = new(all: 8, each: 2);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/export", Handle)
            .WithName("ExportSession")
            .WithTags("Portability")
            .WithSummary("Take a session elsewhere")
            .WithMetadata(new RawAnswer("application/x-ndjson"));

    static async Task<IResult> Handle(
        long sessionId,
        Caller caller,
        HttpContext context,
        Files files,
        NpgsqlDataSource database
    )
    {
        using var place = await Places.TakeAsync(caller.UserId, context.RequestAborted);
        if (place is null)
            return Problem.Overloaded;
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        await using var snapshot = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead,
            context.RequestAborted
        );
        var reader = new SessionReader(connection, files, sessionId, caller.UserId);
        if (await reader.ReadSessionAsync() is not { } session)
            return Problem.NotFound;
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"session-{sessionId}.ndjson\"";
        var writer = new ArchiveWriter(context);
        await writer.BeginAsync();
        await writer.WriteAsync(session);
        await foreach (var line in reader.ReadAsync(context.RequestAborted))
            await writer.WriteAsync(line);
        await writer.EndAsync();
        return Results.Empty;
    }
}
