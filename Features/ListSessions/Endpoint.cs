using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.ListSessions;

/// <summary>The caller's sessions, the most recently changed first.</summary>
public sealed class Endpoint : ICarterModule
{
    const int LongestQ = 255;

    /// <summary>Where a page ended; a time travels with all the digits that the database keeps.</summary>
    sealed record Position(DateTime UpdatedAt, long Id);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapV1()
            .MapGet("/sessions", Handle)
            .WithName("ListSessions")
            .WithTags("Sessions")
            .WithSummary("List sessions, the most recently changed first")
            .Takes(
                new QueryParameter("is_active", "boolean", "Only those that are, or are not, active."),
                new QueryParameter("trashed", "boolean", "The trash instead of what lives.", Default: false),
                new QueryParameter(
                    "q",
                    "string",
                    "Literal text in title or description, in any case.",
                    MaxLength: LongestQ
                )
            )
            .TakesPage();

    static async Task<Results<Ok<Page<Session>>, Problem>> Handle(
        Caller caller,
        Query query,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        var isActive = query.Bool("is_active");
        var trashed = query.Bool("trashed") ?? false;
        var q = query.Text("q", LongestQ);
        var limit = query.Whole("limit", 1, 200, 50);
        // What a client chooses freely comes last, so that no two scopes read the same.
        var scope = $"sessions:{caller.UserId}:{trashed}:{isActive}:{(q is null ? "" : "q=" + q)}";
        var after = query.Cursor<Position>(scope);
        if (query.Problem is { } problem)
            return problem;

        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        var page = new CommandDefinition(
            Sql.Page,
            new
            {
                caller.UserId,
                Trashed = trashed,
                IsActive = isActive,
                Q = q,
                after?.UpdatedAt,
                after?.Id,
                Limit = limit,
            },
            cancellationToken: context.RequestAborted
        );
        var found = await connection.QueryAsync<Session>(page);
        return TypedResults.Ok(Cursor.Page(found, limit, scope, last => new Position(last.UpdatedAt, last.Id)));
    }
}
