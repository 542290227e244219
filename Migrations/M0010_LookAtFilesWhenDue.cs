using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

[Migration(10, "look_at: when to look whether a file is still in use")]
public sealed class M0010_LookAtFilesWhenDue : ForwardOnlyMigration
{
    public override void Up() =>
        Execute.Sql(
            """
            -- Nearly every file is older than a day, and in use: to look by age is to look at all of them, every time. A look
            -- that finds one in use puts the next off by a month, and what lets go of a file brings it forward. The month
            -- is for what nobody foresaw: whatever the time says, no file is forgotten for good.
            alter table session_attachments add column look_at timestamptz not null default now() + interval '1 day';
            alter table attachments add column look_at timestamptz not null default now() + interval '1 day';

            create index session_attachments_look_at on session_attachments (look_at);
            create index attachments_look_at on attachments (look_at);
            drop index session_attachments_put;
            drop index attachments_created;
            """
        );
}
