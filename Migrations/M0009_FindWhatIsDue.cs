using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

[Migration(9, "indexes that find what is due to be swept")]
public sealed class M0009_FindWhatIsDue : ForwardOnlyMigration
{
    public override void Up() =>
        Execute.Sql(
            """
            -- Partial, over what is dead: what lives never enters them, and saving costs nothing more.
            create index sessions_deleted on sessions (deleted_at) where deleted_at is not null;
            create index chat_messages_deleted on chat_messages (deleted_at) where deleted_at is not null;
            create index components_deleted on components (deleted_at) where deleted_at is not null;
            create index interactions_deleted on interactions (deleted_at) where deleted_at is not null;

            -- Over tables that grow by files, not by messages.
            create index session_attachments_put on session_attachments (put_at);
            create index attachments_created on attachments (created_at);
            create index blobs_adrift_since on blobs_adrift (since);
            """
        );
}
