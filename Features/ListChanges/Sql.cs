namespace AiEditor.Persistence.Features.ListChanges;

static partial class Sql
{
    // Sizes before rows: a page is bounded by them, and octet_length does not even fetch what it measures. Both looks see
    // one snapshot; the second one ends the transaction.
    public const string Look =
        "begin isolation level repeatable read read only;" + Session + ";" + Lines + ";" + Touched;

    const string Session = """
        select id, client_id, user_id, title, description, is_active, revision, created_at, updated_at
        from sessions
        where id = @SessionId::bigint and user_id = @UserId::bigint and deleted_at is null
        """;

    const string Touched = """
        select c.id, c.revision, (octet_length(c.jsx_code) + octet_length(c.css_code))::bigint as bytes
        from components c
        join sessions s on s.id = c.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
          and c.revision > @Since::bigint and c.deleted_at is null
        """;
}
