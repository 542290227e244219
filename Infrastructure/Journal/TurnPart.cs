namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Says that a member holds the body of another slice's operation plus an optional <c>key</c>; the OpenAPI document describes it so.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TurnPartAttribute(string type) : Attribute
{
    /// <summary>The operation's name in a batch.</summary>
    public string Type { get; } = type;

    /// <summary>The role that is taken when none is given.</summary>
    public string? DefaultRole { get; init; }
}
