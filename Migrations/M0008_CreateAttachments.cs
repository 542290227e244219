using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

[Migration(8, "attachments: files by the hash of their bytes, once a user, and who names them")]
public sealed class M0008_CreateAttachments : ForwardOnlyMigration
{
    public override void Up() =>
        Execute.Sql(
            """
            -- Once a user, not once for all: whether somebody else has a file is nobody's business, and must not be
            -- learnt from how long an upload takes.
            create table attachments (
                user_id    bigint not null,
                sha256     bytea not null,
                size       bigint not null,
                blob_id    uuid not null,
                created_at timestamptz not null,
                constraint attachments_pkey primary key (user_id, sha256),
                constraint attachments_sha256_size check (octet_length(sha256) = 32),
                constraint attachments_size_valid check (size between 0 and 10485760)
            );

            -- That a file was put into a session. The foreign key to the file restricts: nobody removes what is in use.
            create table session_attachments (
                session_id   bigint not null,
                sha256       bytea not null,
                user_id      bigint not null,
                content_type text not null,
                put_at       timestamptz not null,
                constraint session_attachments_pkey primary key (session_id, sha256),
                constraint session_attachments_session_fkey foreign key (session_id) references sessions (id) on delete cascade,
                constraint session_attachments_file_fkey foreign key (user_id, sha256) references attachments (user_id, sha256),
                constraint session_attachments_content_type_length check (char_length(content_type) between 1 and 255)
            );

            -- Whether a file is still in any session.
            create index session_attachments_file on session_attachments (user_id, sha256);

            -- A reference: a message names a file. It counts as long as the message's row is there, tombstones included.
            -- That the file was put is checked at commit, so that a session can be erased in whatever order cascades run.
            create table message_attachments (
                session_id bigint not null,
                message_id bigint not null,
                sha256     bytea not null,
                constraint message_attachments_pkey primary key (session_id, sha256, message_id),
                constraint message_attachments_message_fkey foreign key (session_id, message_id)
                    references chat_messages (session_id, id) on delete cascade,
                constraint message_attachments_put_fkey foreign key (session_id, sha256)
                    references session_attachments (session_id, sha256) deferrable initially deferred
            );

            -- The cascade from a message looks for these.
            create index message_attachments_message on message_attachments (session_id, message_id);
            """
        );
}
