namespace AiEditor.Persistence.Infrastructure.Attachments;

static class Sql
{
    public const string ReadChunk = """
        select substring(bytes from @From::int for @Count::int) from blob_chunks where blob_id = @BlobId::uuid and number = @Number::bigint
        """;

    public const string DeleteChunks = "delete from blob_chunks where blob_id = @BlobId::uuid";

    public const string Has = """
        select exists (select from attachments where user_id = @UserId::bigint and sha256 = @Sha256::bytea)
        """;

    public const string Launch = "insert into blobs_adrift (blob_id, since) values (@BlobId::uuid, now()) returning 1";

    // Only bytes that no sweep has laid its hands on, and from here on none does.
    public const string Keep = """
        with safe as (
            select blob_id from blobs_adrift where blob_id = @BlobId::uuid and since > '-infinity' for update
        ), kept as (
            insert into attachments (user_id, sha256, size, blob_id, created_at)
            select @UserId::bigint, @Sha256::bytea, @Size::bigint, safe.blob_id, now() from safe
            on conflict (user_id, sha256) do nothing
            returning blob_id
        )
        delete from blobs_adrift a using kept where a.blob_id = kept.blob_id returning 1
        """;

    // Their bytes are due at once: nobody uploads these. The foreign key refuses what a session took up meanwhile; the next
    // round is better informed.
    public const string FreeOf = """
        with unused as (
            select a.user_id, a.sha256
            from attachments a
            where a.user_id = @UserId::bigint
              and not exists (select from session_attachments s where s.user_id = a.user_id and s.sha256 = a.sha256)
            limit 1000
            for update skip locked
        ), freed as (
            delete from attachments a using unused u where a.user_id = u.user_id and a.sha256 = u.sha256
            returning a.blob_id
        ), adrift as (
            insert into blobs_adrift (blob_id, since) select blob_id, '-infinity' from freed
        )
        select count(*) from unused
        """;

    public const string FreeDue = """
        with due as (
            select a.user_id, a.sha256, s.session_id is not null as is_used
            from attachments a
            left join lateral (
                select session_id from session_attachments where user_id = a.user_id and sha256 = a.sha256 limit 1
            ) s on true
            where a.look_at < now()
            order by a.look_at
            limit 1000
            for update of a skip locked
        ), put_off as (
            update attachments a set look_at = now() + interval '30 days'
            from due
            where due.is_used and a.user_id = due.user_id and a.sha256 = due.sha256
        ), freed as (
            delete from attachments a using due where not due.is_used and a.user_id = due.user_id and a.sha256 = due.sha256
            returning a.blob_id
        ), adrift as (
            insert into blobs_adrift (blob_id, since) select blob_id, '-infinity' from freed
        )
        select count(*) from due
        """;

    // Taken before they are removed: an upload that comes to its end this late finds its bytes taken and starts over.
    public const string Seize = """
        update blobs_adrift set since = '-infinity'
        where blob_id in (
            select blob_id from blobs_adrift
            where since < now() - interval '1 hour'
            order by since
            limit 100
            for update skip locked
        )
        returning blob_id
        """;

    public const string Land = "delete from blobs_adrift where blob_id = @BlobId::uuid";
}
