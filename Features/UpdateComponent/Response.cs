using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.UpdateComponent;

/// <summary>The component as the change has left it.</summary>
public sealed record Response : Component
{
    [SetsRequiredMembers]
    public Response(Component component)
        : base(component) { }

    /// <summary>True when the change was merged with what had come since its version; absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Merged { get; init; }
}
