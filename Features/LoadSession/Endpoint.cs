using System.Globalization;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Infrastructure.Postgres;
using Carter;
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

    static async Task<Results<Finished, Streamed, StatusCodeHttpResult, Problem>> Handle(
        long sessionId,
        Caller caller,
        Query query,
        HttpContext context,
        [FromKeyedServices(Database.ForLoads)] NpgsqlDataSource database,
        NpgsqlDataSource patient
    )
    {
        var limit = query.Whole("limit", 1, 1000, 200);
        if (query.Problem is { } problem)
            return problem;
        var cancellation = context.RequestAborted;
        var reading = new Reading(sessionId, caller.UserId, limit);
        var key = new Key(sessionId, limit, Compression.Choose(context.Request));
        var known = context.Request.GetTypedHeaders().IfNoneMatch;
        if (known.Count > 0 || Bodies.Has(key))
        {
            var state = await reading.StateAsync(database, cancellation);
            if (state is null)
                return Problem.NotFound;
            if (known.Any(tag => tag.Tag == "*" || tag.Tag == Quoted(state.Revision)))
                return Tagged(context, state.Revision, TypedResults.StatusCode(304));
            if (Bodies.Find(key, state) is { } remembered)
                return Tagged(context, state.Revision, remembered);
        }
        if (await reading.BodyAsync(database, cancellation) is not ({ } shown, var json))
            return Problem.NotFound;
        return json is null
            ? new Streamed(patient, reading)
            : Tagged(context, shown.Revision, Bodies.Keep(key, shown, json));
    }

    static T Tagged<T>(HttpContext context, long revision, T result)
    {
        Tag(context, revision);
        return result;
    }

    public static void Tag(HttpContext context, long revision)
    {
        context.Response.Headers.ETag = "W/" + Quoted(revision);
        context.Response.Headers.CacheControl = HttpHouse.Revalidate;
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
    }

    static string Quoted(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");
}
