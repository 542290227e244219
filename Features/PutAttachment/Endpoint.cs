using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.PutAttachment;

/// <summary>
/// Puts a file into a session, named by the hash of its bytes: 201, or 200 when it is there already. Messages can name it
/// then. One that no message names for a day is swept. It takes no revision.
/// </summary>
public sealed class Endpoint : ICarterModule
{
    /// <summary>Each may fill 10 MiB of the folder for temporary files.</summary>
    static readonly Places Places = new(all: 32, each: 16);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    static readonly Problem TooLarge = Problem.PayloadTooLarge with { Detail = "An attachment may have 10 MiB." };

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapPut("/attachments/{sha256:sha256}", Handle)
            .WithName("PutAttachment")
            .WithTags("Attachments")
            .WithSummary("Put a file into a session")
            .WithMetadata(new RawBody())
            .Produces<Attachment>(200)
            .Produces<Attachment>(201)
            .ProducesProblem(413)
            .ProducesProblem(415)
            .ProducesProblem(422);

    static async Task<Results<JsonHttpResult<Attachment>, Problem>> Handle(
        long sessionId,
        string sha256,
        Caller caller,
        HttpContext context,
        Files files,
        NpgsqlDataSource database
    )
    {
        var (contentType, problem) = ContentType.Read(context.Request);
        if (problem is not null)
            return problem;
        var (received, refusal) = await Upload.ReceiveAsync(context, Places, Files.BytesAtMost, TooLarge);
        if (received is null)
            return refusal!;
        await using var upload = received;
        if (upload.Sha256.ToString() != sha256)
            return Problem.Invalid("sha256", $"is not the hash of the body, which is {upload.Sha256}");

        // What was there may be swept between two steps; it is then put once more.
        for (var attempt = 0; attempt < 3; attempt++)
        {
            IReadOnlyList<Put> put;
            // Given back before the bytes are kept: that may take long, and needs a connection of its own.
            await using (var connection = await database.OpenConnectionAsync())
                put = await Durable.QueryAsync<Put>(
                    connection,
                    Sql.Put,
                    Patience,
                    new NpgsqlParameter<long>("SessionId", sessionId),
                    new NpgsqlParameter<long>("UserId", caller.UserId),
                    new NpgsqlParameter<byte[]>("Sha256", upload.Sha256.Bytes),
                    new NpgsqlParameter<string>("ContentType", contentType!)
                );
            if (put is not [var outcome])
                return Problem.NotFound;
            if (outcome.IsNew is { } isNew)
                return TypedResults.Json(
                    new Attachment
                    {
                        Sha256 = sha256,
                        ContentType = contentType!,
                        Size = upload.Bytes.Length,
                    },
                    statusCode: isNew ? 201 : 200
                );
            await files.KeepAsync(caller.UserId, upload.Sha256, upload.Bytes);
        }
        return Problem.Unavailable;
    }
}

/// <summary>What came of putting: new, there before, or null when the bytes are still to be kept.</summary>
sealed record Put(bool? IsNew);
