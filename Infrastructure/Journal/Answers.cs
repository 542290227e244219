using System.Reflection;
using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Microsoft.AspNetCore.Http.Metadata;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>An answer to a mutation that is durable: it carries the receipt's headers.</summary>
public abstract class Answer(int status, object? body, Target target, Outcome outcome)
    : IResult,
        IStatusCodeHttpResult,
        IValueHttpResult
{
    public int? StatusCode => status;
    public object? Value => body;

    protected virtual void SetHeaders(IHeaderDictionary headers) { }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers["Session-Revision"] = outcome.Revision.ToString(
            System.Globalization.CultureInfo.InvariantCulture
        );
        response.Headers[IdempotencyKey.Header] = target.Key.ToString();
        if (outcome.Replayed)
            response.Headers["Idempotency-Replayed"] = "true";
        SetHeaders(response.Headers);
        if (body is null)
            return Task.CompletedTask;
        // Whole, and so with its length: one row is a few hundred bytes, and chunks and flushes cost more than a copy.
        var json = JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), Wire.Options);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        return response.Body.WriteAsync(json, CancellationToken.None).AsTask();
    }

    protected static void Produces(EndpointBuilder builder, int status, Type? type)
    {
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(status, type ?? typeof(void), type is null ? [] : ["application/json"])
        );
        foreach (var refusal in (ReadOnlySpan<int>)[422, 503])
            builder.Metadata.Add(
                new ProducesResponseTypeMetadata(refusal, typeof(Problem), ["application/problem+json"])
            );
        builder.Metadata.Add(new MutationAnswer());
    }
}

/// <summary>Marks routes that take an Idempotency-Key and answer with a receipt's headers.</summary>
public sealed record MutationAnswer;

/// <summary>201: made, and where. Without a body when it is gone since.</summary>
public sealed class Saved<T>(T? body, Func<T, string> location, Target target, Outcome outcome)
    : Answer(201, body, target, outcome),
        IEndpointMetadataProvider
{
    protected override void SetHeaders(IHeaderDictionary headers)
    {
        if (body is not null)
            headers.Location = location(body);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        Produces(builder, 201, typeof(T));
}

/// <summary>200: changed; this is how it is now. Without a body when it is gone since.</summary>
public sealed class Changed<T>(T? body, Target target, Outcome outcome)
    : Answer(200, body, target, outcome),
        IEndpointMetadataProvider
{
    protected override void SetHeaders(IHeaderDictionary headers)
    {
        if (Value is Component component)
            headers.ETag = $"\"{component.Version}\"";
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        Produces(builder, 200, typeof(T));
}

/// <summary>204: gone.</summary>
public sealed class Removed(Target target, Outcome outcome)
    : Answer(204, null, target, outcome),
        IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Produces(builder, 204, null);
}
