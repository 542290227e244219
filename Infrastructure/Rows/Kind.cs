namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>What a mutation was done to. The order is the order in which new rows may be written.</summary>
public enum Kind
{
    Session,
    Message,
    Component,
    Interaction,
}
