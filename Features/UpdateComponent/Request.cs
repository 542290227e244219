using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.UpdateComponent;

/// <summary>A merge patch of a component: what is absent stays.</summary>
public sealed record Request
{
    /// <summary>1 to 255 code points.</summary>
    public Optional<string?> Name { get; init; }

    /// <summary>1 byte to 1 MiB of UTF-8.</summary>
    public Optional<string?> JsxCode { get; init; }

    /// <summary>At most 1 MiB of UTF-8.</summary>
    public Optional<string?> CssCode { get; init; }

    /// <summary>1 to 50 code points.</summary>
    public Optional<string?> ComponentType { get; init; }

    /// <summary>True makes it the only current one; false, if it was current, leaves none.</summary>
    public Optional<bool?> IsCurrent { get; init; }

    /// <summary>Merged member by member (RFC 7396); the result may have 64 KiB as compact JSON.</summary>
    public Optional<Json?> Metadata { get; init; }

    internal Component On(Component component) =>
        component with
        {
            Name = Name.Or(component.Name)!,
            JsxCode = JsxCode.Or(component.JsxCode)!,
            CssCode = CssCode.Or(component.CssCode)!,
            ComponentType = ComponentType.Or(component.ComponentType)!,
            IsCurrent = IsCurrent.Or(component.IsCurrent)!.Value,
            Metadata = Metadata.IsGiven ? component.Metadata.Merge(Metadata.Value!.Value) : component.Metadata,
        };
}
