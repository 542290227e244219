using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.ListComponentVersions;

/// <summary>A component's versions without their code, the present one first.</summary>
public sealed class Endpoint : ICarterModule
{
    sealed record Position(long Before);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("/components/{componentId:id}/versions", Handle)
            .WithName("ListComponentVersions")
            .WithTags("Components")
            .WithSummary("List a component's versions, newest first")
            .TakesPage();

    static async Task<Results<Ok<Page<VersionSummary>>, Problem>> Handle(
        long sessionId,
        long componentId,
        Caller caller,
        Query query,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        var scope = $"versions:{sessionId}:{componentId}:{caller.UserId}";
        var limit = query.Whole("limit", 1, 200, 50);
        var from = query.Cursor<Position>(scope);
        if (query.Problem is { } problem)
            return problem;
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        var page = new CommandDefinition(
            Sql.Page,
            new
            {
                SessionId = sessionId,
                ComponentId = componentId,
                caller.UserId,
                Before = from?.Before ?? long.MaxValue,
                Limit = limit,
            },
            cancellationToken: context.RequestAborted
        );
        var found = (await connection.QueryAsync<VersionSummary>(page)).AsList();
        // A component has its present version, and cursors lead only to where there are more: none means no component.
        if (found.Count == 0)
            return Problem.NotFound;
        return TypedResults.Ok(Cursor.Page(found, limit, scope, last => new Position(last.Version)));
    }
}

/// <summary>A version of a component, without the code.</summary>
public sealed record VersionSummary
{
    /// <summary>1, 2, ...</summary>
    public required long Version { get; init; }

    /// <summary>The mutation that made this version.</summary>
    public required long Revision { get; init; }
    public required string Name { get; init; }

    /// <summary>Bytes of UTF-8.</summary>
    public required int JsxBytes { get; init; }

    /// <summary>Bytes of UTF-8.</summary>
    public required int CssBytes { get; init; }
    public required DateTime CreatedAt { get; init; }
}
