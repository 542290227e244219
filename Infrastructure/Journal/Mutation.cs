using System.Reflection;
using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>A request to change something, as it came over HTTP: who, under which key, where, and what.</summary>
public class Mutation
{
    internal static readonly StrictBody NoBody = StrictBody.Read("{}"u8.ToArray()).Body!;

    public required Target Target { get; init; }
    public StrictBody Body { get; init; } = NoBody;

    /// <summary>Why it cannot be read, if it cannot.</summary>
    public Problem? Problem { get; init; }

    /// <summary>Bound by the framework for routes whose requests have no body.</summary>
    public static ValueTask<Mutation> BindAsync(HttpContext context)
    {
        var (target, problem) = ReadTarget(context);
        return new(new Mutation { Target = target, Problem = problem });
    }

    /// <summary>The same with what the route says as the body, for operations that have one in a batch only.</summary>
    public Mutation Saying<TBody>(TBody body) =>
        new()
        {
            Target = Target,
            Problem = Problem,
            Body = StrictBody.Read(JsonSerializer.SerializeToUtf8Bytes(body, Wire.Options)).Body!,
        };

    /// <summary>The same, to be merged with what came since the version that it was made for.</summary>
    public Mutation Merging() =>
        new()
        {
            Target = Target with { Merges = true },
            Problem = Problem,
            Body = Body,
        };

    protected static (Target Target, Problem? Problem) ReadTarget(HttpContext context)
    {
        var key = IdempotencyKey.Read(context.Request.Headers, out var problem);
        var target = new Target(
            Caller.Of(context).UserId,
            key,
            Id("sessionId") ?? 0,
            Id("messageId") ?? Id("componentId") ?? Id("interactionId") ?? 0,
            IfMatch.Read(context.Request, ref problem),
            Id("version")
        );
        return (target, problem);

        long? Id(string name) =>
            IdConstraint.TryParse(context.Request.RouteValues[name]?.ToString(), out var id) ? id : null;
    }
}

/// <summary>A mutation with a JSON body.</summary>
public sealed class Mutation<TBody> : Mutation, IEndpointParameterMetadataProvider
{
    public static new async ValueTask<Mutation<TBody>> BindAsync(HttpContext context)
    {
        var (target, problem) = ReadTarget(context);
        var (body, unreadable) = await RequestBody.ReadAsync(context);
        return new Mutation<TBody>
        {
            Target = target,
            Body = body ?? NoBody,
            Problem = problem ?? unreadable,
        };
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new JsonBody(typeof(TBody)));
}

/// <summary>Says in the OpenAPI document what a route reads, without letting the framework read it.</summary>
public sealed record JsonBody(Type Type);
