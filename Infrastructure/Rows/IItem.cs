namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>A row that lives in a session.</summary>
public interface IItem
{
    long SessionId { get; }
    long Id { get; }
    DateTime? DeletedAt { get; }
}
