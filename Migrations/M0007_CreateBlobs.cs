using FluentMigrator;

namespace AiEditor.Persistence.Migrations;

[Migration(7, "blob_chunks and blobs_adrift: the bytes of attachments, and which of them nobody owns")]
public sealed class M0007_CreateBlobs : ForwardOnlyMigration
{
    public override void Up() =>
        Execute.Sql(
            """
            -- Bytes in chunks, so that neither side ever holds a file whole. They are mostly pictures, which are compressed
            -- already: external storage spares the server the attempt, and lets it read a part without the rest.
            create table blob_chunks (
                blob_id uuid not null,
                number  bigint not null,
                bytes   bytea not null,
                constraint blob_chunks_pkey primary key (blob_id, number),
                constraint blob_chunks_number_valid check (number >= 0)
            );
            alter table blob_chunks alter column bytes set storage external;

            -- Written before bytes are, and again before their owner is removed: whatever fails in between, bytes that
            -- belong to nothing are known, in this database or in another store.
            create table blobs_adrift (
                blob_id uuid not null,
                since   timestamptz not null,
                constraint blobs_adrift_pkey primary key (blob_id)
            );
            """
        );
}
