using System.Reflection;
using AiEditor.Persistence.Infrastructure.Rows;
using Microsoft.AspNetCore.Http.Metadata;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>200 with a body that is finished already, and disposed of once it is sent.</summary>
sealed class Finished(RentedBuffer body, Coding coding) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    public const string ContentType = "application/json; charset=utf-8";

    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = ContentType;
        if (coding is not Coding.Identity)
            response.Headers.ContentEncoding = Compression.Name(coding);
        response.ContentLength = body.Count;
        using (body)
            await response.BodyWriter.WriteAsync(body.Written, httpContext.RequestAborted);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Response), ["application/json"])
        );
}
