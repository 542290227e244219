namespace AiEditor.Persistence.Features.UpdateSession;

static class Sql
{
    public const string Update = """
        update sessions s
        set title = u.title, description = u.description, is_active = u.is_active
        from unnest(@Ids::bigint[], @UserIds::bigint[], @Titles::text[], @Descriptions::text[], @AreActive::boolean[])
            as u (id, user_id, title, description, is_active)
        where s.id = u.id and s.user_id = u.user_id
        """;
}
