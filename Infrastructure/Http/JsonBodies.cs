using AiEditor.Persistence.Infrastructure.Journal;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>
/// Shows the bodies that <see cref="Mutation{TBody}"/> reads. The framework's own way of declaring a body would also make
/// routing refuse other media types, before anyone has asked whose session it is.
/// </summary>
sealed class JsonBodies : IApiDescriptionProvider
{
    /// <summary>After the framework has listed the endpoints (-1100).</summary>
    public int Order => 0;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        foreach (var operation in context.Results)
            if (operation.ActionDescriptor.EndpointMetadata.OfType<JsonBody>().FirstOrDefault() is { } body)
            {
                operation.ParameterDescriptions.Add(
                    new ApiParameterDescription
                    {
                        Name = "body",
                        Source = BindingSource.Body,
                        Type = body.Type,
                        IsRequired = true,
                    }
                );
                operation.SupportedRequestFormats.Add(new ApiRequestFormat { MediaType = "application/json" });
                if (HttpMethods.IsPatch(operation.HttpMethod!))
                    operation.SupportedRequestFormats.Add(
                        new ApiRequestFormat { MediaType = "application/merge-patch+json" }
                    );
            }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context) { }
}
