namespace AiEditor.Persistence.Features.PutAttachment;

static class Sql
{
    // No row without the session; a row that knows no answer without the file. The last one to put says what it is. The
    // file's row is held until the commit, so that it cannot be swept before it is named.
    public const string Put = """
        with live as (
            select id from sessions where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null for key share
        ), kept as (
            select user_id, sha256 from attachments where user_id = @UserId::bigint and sha256 = @Sha256::bytea for key share
        ), put as (
            insert into session_attachments (session_id, sha256, user_id, content_type, put_at)
            select live.id, kept.sha256, kept.user_id, @ContentType, now() from live, kept
            on conflict (session_id, sha256) do update
                set content_type = excluded.content_type, put_at = excluded.put_at, look_at = excluded.look_at
            returning xmax = 0 as is_new
        )
        select put.is_new from live left join put on true
        """;
}
