namespace AiEditor.Persistence.Features.GetAttachment;

static class Sql
{
    public const string Find = """
        select a.blob_id, a.size, p.content_type
        from sessions s
        join session_attachments p on p.session_id = s.id
        join attachments a on a.user_id = p.user_id and a.sha256 = p.sha256
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null and p.sha256 = @Sha256::bytea
        """;
}
