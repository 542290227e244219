namespace AiEditor.Persistence.Features.ImportSession;

static partial class Sql
{
    // Whatever is recorded under the key, alone or as a part, is of the one request that bore it. Of an import the first
    // session may be erased, and the others still say that it happened.
    public const string FindKey = """
        select key, turn_key, session_id, revision, user_id, kind, action, item_id, sha256, created_at
        from session_journal
        where user_id = @UserId::bigint and (key = @Key::uuid or turn_key = @Key::uuid)
        limit 1
        """;

    // The first of them has the request's key; the others remember it as a turn's parts do.
    public const string FindSessions = """
        select s.id, s.client_id, s.user_id, s.title, s.description, s.is_active, s.revision, s.created_at, s.updated_at, s.deleted_at
        from session_journal j
        join sessions s on s.id = j.session_id
        where j.user_id = @UserId::bigint and j.key = @Key::uuid
        union all
        select s.id, s.client_id, s.user_id, s.title, s.description, s.is_active, s.revision, s.created_at, s.updated_at, s.deleted_at
        from session_journal j
        join sessions s on s.id = j.session_id
        where j.user_id = @UserId::bigint and j.turn_key = @Key::uuid and j.action = 'import'
        order by 1
        """;

    // Each line of the file its own id, all ids of a kind in the order of the lines.
    public const string NextIds = """
        select nextval(sequence::regclass) from unnest(@Sequences::text[]) with ordinality as s (sequence, number) order by number
        """;

    public const string InsertSession = """
        with made as (
            insert into sessions (client_id, user_id, title, description, is_active, revision, created_at, updated_at)
            values (@ClientId::uuid, @UserId::bigint, @Title, @Description, @IsActive, 1, @CreatedAt::timestamptz, @UpdatedAt::timestamptz)
            returning id, client_id, user_id, title, description, is_active, revision, created_at, updated_at, deleted_at
        ), recorded as (
            insert into session_journal
                (session_id, revision, user_id, key, turn_key, kind, action, item_id, sha256, created_at)
            select id, 1, user_id, @Key::uuid, @TurnKey::uuid, 'session', 'import', id, @Sha256::bytea, clock_timestamp()
            from made
        )
        select id, client_id, user_id, title, description, is_active, revision, created_at, updated_at, deleted_at from made
        """;

    public const string InsertFile = """
        insert into session_attachments (session_id, sha256, user_id, content_type, put_at)
        values (@SessionId::bigint, @Sha256::bytea, @UserId::bigint, @ContentType, now())
        """;
}
