using System.Globalization;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>All that an editor shows when it opens a session, in one round trip and from one snapshot.</summary>
public sealed class Endpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapOwnedSession()
            .MapGet("", Handle)
            .WithName("LoadSession")
            .WithTags("Sessions")
            .WithSummary("Open a session")
            .Takes(
                new QueryParameter(
                    "limit",
                    "integer",
                    "How many of the newest messages, and of the newest interactions.",
                    1,
                    1000,
                    200
                )
            )
            .Produces(304);

    static async Task<Results<Ok<Response>, StatusCodeHttpResult, Problem>> Handle(
        long sessionId,
        Caller caller,
        Query query,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        var limit = query.Whole("limit", 1, 1000, 200);
        if (query.Problem is { } problem)
            return problem;
        var asked = new
        {
            SessionId = sessionId,
            caller.UserId,
            Limit = limit,
        };
        CommandDefinition Asking(string sql) => new(sql, asked, cancellationToken: context.RequestAborted);
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);

        var known = context.Request.GetTypedHeaders().IfNoneMatch;
        if (known.Count > 0)
        {
            var revision = await connection.QuerySingleOrDefaultAsync<long?>(Asking(Sql.Revision));
            if (revision is { } now && known.Any(tag => tag.Tag == "*" || tag.Tag == Quoted(now)))
                return Tagged(context, now, TypedResults.StatusCode(304));
        }
        await using var results = await connection.QueryMultipleAsync(Asking(Sql.Load));
        if (await results.ReadSingleOrDefaultAsync<Session>() is not { } session)
            return Problem.NotFound;
        return Tagged(context, session.Revision, TypedResults.Ok(await Response.ReadAsync(session, results, limit)));
    }

    static T Tagged<T>(HttpContext context, long revision, T result)
    {
        context.Response.Headers.ETag = "W/" + Quoted(revision);
        context.Response.Headers.CacheControl = HttpHouse.Revalidate;
        return result;
    }

    static string Quoted(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");
}
