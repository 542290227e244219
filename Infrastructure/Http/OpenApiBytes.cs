using Microsoft.OpenApi;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>Shows what routes read and answer that is no JSON (<see cref="RawBody"/>, <see cref="RawAnswer"/>).</summary>
static class OpenApiBytes
{
    const string AnyType = "*/*";

    public static void Describe(OpenApiOperation operation, IEnumerable<object> metadata)
    {
        foreach (var described in metadata)
            if (described is RawBody body)
                operation.RequestBody = new OpenApiRequestBody { Required = true, Content = Bytes(body.MediaTypes) };
            else if (described is RawAnswer answer)
                foreach (var status in answer.IsRanged ? (string[])["200", "206"] : ["200"])
                {
                    operation.Responses!.TryAdd(status, new OpenApiResponse());
                    ((OpenApiResponse)operation.Responses[status]).Content = Bytes(
                        answer.MediaType is { } type ? [type] : []
                    );
                }
    }

    static Dictionary<string, OpenApiMediaType> Bytes(IReadOnlyList<string> mediaTypes) =>
        (mediaTypes is [] ? [AnyType] : mediaTypes).ToDictionary(
            type => type,
            _ => new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
            }
        );
}
