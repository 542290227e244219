namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Says that a member holds operations of a batch; the OpenAPI document describes one of each type.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OperationsAttribute : Attribute;
