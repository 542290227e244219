using System.Globalization;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>All that an editor shows when it opens a session, from one snapshot. Compressed for those who name br or gzip.</summary>
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

    static async Task<Results<Finished, StatusCodeHttpResult, Problem>> Handle(
        long sessionId,
        Caller caller,
        Query query,
        HttpContext context,
        [FromKeyedServices(Database.ForLoads)] NpgsqlDataSource database
    )
    {
        var limit = query.Whole("limit", 1, 1000, 200);
        if (query.Problem is { } problem)
            return problem;
        var cancellation = context.RequestAborted;
        var key = new Key(sessionId, limit, Compression.Choose(context.Request));
        var known = context.Request.GetTypedHeaders().IfNoneMatch;
        if (known.Count > 0 || Bodies.Has(key))
        {
            var state = await AskAsync();
            if (state is null)
                return Problem.NotFound;
            if (known.Any(tag => tag.Tag == "*" || tag.Tag == Quoted(state.Revision)))
                return Tagged(context, state.Revision, TypedResults.StatusCode(304));
            if (Bodies.Find(key, state) is { } remembered)
                return Tagged(context, state.Revision, remembered);
        }
        if (await ReadAsync() is not ({ } shown, { } json))
            return Problem.NotFound;
        return Tagged(context, shown.Revision, Bodies.Keep(key, shown, json));

        async Task<State?> AskAsync()
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            var asked = new { SessionId = sessionId, caller.UserId };
            return await connection.QuerySingleOrDefaultAsync<State>(
                new CommandDefinition(Sql.State, asked, cancellationToken: cancellation)
            );
        }

        async Task<(State, RentedBuffer)?> ReadAsync()
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var command = new NpgsqlCommand(Sql.Load, connection)
            {
                Parameters =
                {
                    new NpgsqlParameter<long>("SessionId", sessionId),
                    new NpgsqlParameter<long>("UserId", caller.UserId),
                    new NpgsqlParameter<int>("Limit", limit),
                },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            string Scope(string list) => BackInTime.Scope(list, sessionId, caller.UserId);
            return await Body.ReadAsync(reader, Scope, limit, cancellation);
        }
    }

    static T Tagged<T>(HttpContext context, long revision, T result)
    {
        context.Response.Headers.ETag = "W/" + Quoted(revision);
        context.Response.Headers.CacheControl = HttpHouse.Revalidate;
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        return result;
    }

    static string Quoted(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");
}
