using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace AiEditor.Persistence.Features.LoadSession;

/// <summary>200 with a body that is finished already.</summary>
sealed class Finished(byte[] body, Coding coding) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        if (coding is not Coding.Identity)
            response.Headers.ContentEncoding = Compression.Name(coding);
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Response), ["application/json"])
        );
}
