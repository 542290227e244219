namespace AiEditor.Persistence.Features.ListChanges;

static partial class Sql
{
    // What the window holds, and what the import brought that made the session, if it holds that: two texts, because a plan
    // for both would read every row for either.
    public const string Rows =
        Messages
        + " and m.id = any(@MessageIds::bigint[]) order by m.id;"
        + Components
        + " and c.id = any(@ComponentIds::bigint[]) order by c.id;"
        + Interactions
        + " and i.id = any(@InteractionIds::bigint[]) order by i.id";

    public const string RowsAndImported =
        Messages
        + " and (m.id = any(@MessageIds::bigint[]) or m.revision = @Imported::bigint) order by m.id;"
        + Components
        + " and (c.id = any(@ComponentIds::bigint[]) or c.revision = @Imported::bigint) order by c.id;"
        + Interactions
        + " and (i.id = any(@InteractionIds::bigint[]) or i.revision = @Imported::bigint) order by i.id";

    // A tombstone tells no more than that it is one.
    const string Messages = """
        select m.session_id, m.id, m.client_id, m.revision, case when m.deleted_at is null then m.content else '' end as content,
               m.role, m.message_type, m.metadata, m.attachments, m.created_at, m.deleted_at
        from chat_messages m
        join sessions s on s.id = m.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint
        """;

    const string Components = """
        select c.session_id, c.id, c.client_id, c.revision, c.version, c.version_revision, c.version_created_at, c.name,
               case when c.deleted_at is null then c.jsx_code else '' end as jsx_code,
               case when c.deleted_at is null then c.css_code else '' end as css_code,
               c.component_type, c.is_current, c.metadata, c.created_at, c.updated_at, c.deleted_at
        from components c
        join sessions s on s.id = c.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint
        """;

    const string Interactions = """
        select i.session_id, i.id, i.client_id, i.revision, case when i.deleted_at is null then i.prompt else '' end as prompt,
               case when i.deleted_at is null then i.response else '' end as response,
               i.interaction_type, i.target_element, i.metadata, i.created_at, i.deleted_at
        from interactions i
        join sessions s on s.id = i.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint
        """;
}
