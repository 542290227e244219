using System.Diagnostics;
using System.Text.Json.Serialization;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>
/// Has the last word on the problem that a request is answered with, whoever found it: a feature of the request, where its
/// route has such a thing.
/// </summary>
public delegate ValueTask<Problem> Review(Problem found);

/// <summary>An error answer: RFC 9457's members, a stable code, and the fields at fault where there are any.</summary>
public record Problem : IResult, IStatusCodeHttpResult
{
    /// <summary>A URN that names the kind of problem; it never changes for a given code.</summary>
    public string Type => $"urn:ai-editor:problem:{Code}";
    public required string Title { get; init; }
    public required int Status { get; init; }
    public required string Detail { get; init; }

    /// <summary>What programs compare.</summary>
    public required string Code { get; init; }

    /// <summary>Finds the request in the service's logs.</summary>
    public string TraceId { get; init; } = "";

    /// <summary>Texts for each broken field.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    public static readonly Problem NotFound = Of(404, "not_found", "Not found", "There is no such resource.");
    public static readonly Problem Unauthorized = Of(
        401,
        "unauthorized",
        "Unauthorized",
        "A valid bearer token is needed."
    );
    public static readonly Problem MethodNotAllowed = Of(
        405,
        "method_not_allowed",
        "Method not allowed",
        "The resource does not take this method; see Allow."
    );
    public static readonly Problem UnsupportedMediaType = Of(
        415,
        "unsupported_media_type",
        "Unsupported media type",
        "The body must be application/json in UTF-8, plain or compressed with gzip or br."
    );
    public static readonly Problem UnsupportedEncoding = UnsupportedMediaType with
    {
        Detail = "A body may be plain or compressed with gzip or br.",
    };
    public static readonly Problem PayloadTooLarge = Of(
        413,
        "payload_too_large",
        "Payload too large",
        "A body may have 8 MiB, counted after decompression."
    );
    public static readonly Problem TooMuchAtOnce = PayloadTooLarge with
    {
        Detail =
            "What this batch asks for is too much for one answer; send it in smaller parts. What was applied is replayed then.",
    };
    public static readonly Problem PreconditionFailed = Of(
        412,
        "version_conflict",
        "Version conflict",
        "The resource is not at the version that If-Match names."
    );
    public static readonly Problem RangeNotSatisfiable = Of(
        416,
        "range_not_satisfiable",
        "Range not satisfiable",
        "The range lies beyond the end; Content-Range says how long the whole is."
    );
    public static readonly Problem RateLimited = Of(
        429,
        "rate_limited",
        "Too many requests",
        "Too many requests a second; wait as long as Retry-After says."
    );
    public static readonly Problem ResyncRequired = Of(
        410,
        "resync_required",
        "Resync required",
        "No changes lead from that revision to the present; load the session anew."
    );
    public static readonly Problem KeyReused = Of(
        422,
        "idempotency_key_reused",
        "Idempotency key reused",
        "This key has already done something else; a new request needs a new key."
    );
    public static readonly Problem Unavailable = Of(
        503,
        "unavailable",
        "Unavailable",
        "The service cannot say now. What was to be changed may have been changed or not: retry it with the same key."
    );
    public static readonly Problem Overloaded = Unavailable with
    {
        Detail = "Too much is under way, and nothing was done; retry it, a change with the same key.",
    };
    public static readonly Problem Internal = Of(
        500,
        "internal_error",
        "Internal error",
        "The service failed to handle this request."
    );

    /// <summary>400: not what the contract can read; the field is named where there is one.</summary>
    public static Problem Malformed(string detail, string? field = null) =>
        Of(400, "malformed_request", "Malformed request", detail) with
        {
            Errors = field is null ? null : new Dictionary<string, string[]> { [field] = [detail] },
        };

    /// <summary>422: well-formed, but fields break their rules.</summary>
    public static Problem Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        Of(422, "validation_failed", "Validation failed", "One or more fields break their rules; see errors.") with
        {
            Errors = errors,
        };

    public static Problem Invalid(string field, string text) =>
        Invalid(new Dictionary<string, string[]> { [field] = [text] });

    /// <summary>Two refusals as one, where both are of fields: every broken field is named at once.</summary>
    public Problem And(Problem other) =>
        Code == other.Code && Errors is not null && other.Errors is not null
            ? this with
            {
                Errors = Errors.Concat(other.Errors).DistinctBy(e => e.Key).ToDictionary(),
            }
            : this;

    public static Problem ForStatus(int status) =>
        status switch
        {
            401 => Unauthorized,
            404 => NotFound,
            405 => MethodNotAllowed,
            410 => ResyncRequired,
            412 => PreconditionFailed,
            413 => PayloadTooLarge,
            415 => UnsupportedMediaType,
            416 => RangeNotSatisfiable,
            429 => RateLimited,
            503 => Unavailable,
            >= 500 => Internal,
            _ => Malformed("The request cannot be read."),
        };

    static Problem Of(int status, string code, string title, string detail) =>
        new()
        {
            Status = status,
            Code = code,
            Title = title,
            Detail = detail,
        };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var answer = httpContext.Features.Get<Review>() is { } review ? await review(this) : this;
        await answer.WriteAsync(httpContext);
    }

    Task WriteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        if (Status is 429 or 503 && httpContext.Response.Headers.RetryAfter.Count == 0)
            httpContext.Response.Headers.RetryAfter = "1";
        if (Status is 401)
            httpContext.Response.Headers.WWWAuthenticate = "Bearer";
        return httpContext.Response.WriteAsJsonAsync(
            Traced(httpContext),
            GetType(),
            Wire.Options,
            "application/problem+json"
        );
    }

    /// <summary>The problem as the answer to that request.</summary>
    public Problem Traced(HttpContext context) =>
        this with
        {
            TraceId = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier,
        };
}
