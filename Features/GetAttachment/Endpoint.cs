using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace AiEditor.Persistence.Features.GetAttachment;

/// <summary>
/// Gives a file of a session back, whole or in ranges. Only raster images are shown in the browser; anything else, which
/// may hold scripts, is offered for saving.
/// </summary>
public sealed class Endpoint : ICarterModule
{
    static readonly string[] Shown = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/attachments/{sha256:sha256}", Handle)
            .WithName("GetAttachment")
            .WithTags("Attachments")
            .WithSummary("Get a file of a session")
            .WithMetadata(new RawAnswer(IsRanged: true))
            .WithMetadata(new HeaderParameter("Range", "One part of the file, as bytes=0-999."))
            .Produces(304)
            .ProducesProblem(412)
            .ProducesProblem(416);

    static async Task<Results<Served, Problem>> Handle(
        long sessionId,
        string sha256,
        Caller caller,
        HttpContext context,
        Files files,
        NpgsqlDataSource database
    )
    {
        File? file;
        await using (var connection = await database.OpenConnectionAsync(context.RequestAborted))
            file = await connection.QuerySingleOrDefaultAsync<File>(
                new CommandDefinition(
                    Sql.Find,
                    new
                    {
                        SessionId = sessionId,
                        caller.UserId,
                        Sha256 = Convert.FromHexString(sha256),
                    },
                    cancellationToken: context.RequestAborted
                )
            );
        if (file is null)
            return Problem.NotFound;
        var headers = context.Response.Headers;
        headers.CacheControl = HttpHouse.Revalidate;
        headers.ContentDisposition = Shown.Contains(file.ContentType, StringComparer.OrdinalIgnoreCase)
            ? "inline"
            : "attachment";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        return new Served(
            TypedResults.Stream(
                files.Open(file.BlobId, file.Size),
                // What was kept before all of it was looked at may be none.
                MediaType.Read(file.ContentType) ?? MediaType.Unknown,
                enableRangeProcessing: true,
                entityTag: new EntityTagHeaderValue($"\"{sha256}\"")
            )
        );
    }
}

/// <summary>Where a file lies, and what its last sender said it is.</summary>
sealed record File(Guid BlobId, long Size, string ContentType);
