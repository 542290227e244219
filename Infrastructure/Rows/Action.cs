namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>What a mutation did. The order is the order in which one commit writes: rows come first, then what changes them.</summary>
public enum Action
{
    Create,
    Import,
    Update,
    Restore,
    SetCurrent,
    Delete,
}
