namespace AiEditor.Persistence.Features.CreateSession;

static class Sql
{
    public const string Insert = """
        insert into sessions (id, client_id, user_id, title, description, is_active, revision, created_at, updated_at)
        overriding system value
        select id, client_id, user_id, title, description, is_active, revision, created_at, updated_at
        from unnest(
            @Ids::bigint[], @ClientIds::uuid[], @UserIds::bigint[], @Titles::text[], @Descriptions::text[],
            @AreActive::boolean[], @Revisions::bigint[], @CreatedAts::timestamptz[], @UpdatedAts::timestamptz[]
        ) as s (id, client_id, user_id, title, description, is_active, revision, created_at, updated_at)
        """;
}
