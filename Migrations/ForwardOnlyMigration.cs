using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

/// <summary>A migration without a way back: a mistake is mended by the next one, never by undoing what holds data.</summary>
public abstract class ForwardOnlyMigration : Migration
{
    public sealed override void Down() =>
        throw new NotSupportedException("Migrations only go forward. Write the next one.");
}
