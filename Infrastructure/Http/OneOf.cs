namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>Says in the OpenAPI document which types a member of no one type may hold.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneOfAttribute(params Type[] types) : Attribute
{
    public IReadOnlyList<Type> Types { get; } = types;
}
