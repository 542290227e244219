using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>A session with one of everything, put straight into the database: no slice is needed to test another.</summary>
sealed record Seed(long SessionId, long MessageId, long ComponentId, long InteractionId, Guid Key)
{
    /// <summary>A file that nobody has put.</summary>
    public const string Sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    const string Insert = """
        with s as (
            insert into sessions (client_id, user_id, title, is_active, revision, created_at, updated_at)
            values (gen_random_uuid(), @UserId, 'Seeded', true, 5, now(), now())
            returning id
        ), m as (
            insert into chat_messages (session_id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
            select id, @Key, 2, 'user', 'Seeded', 'text', '{}', '[]', now() from s
            returning id
        ), c as (
            insert into components
                (session_id, client_id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
                 component_type, is_current, metadata, created_at, updated_at)
            select id, gen_random_uuid(), 4, 2, 4, now(), 'Button', '<b/>', '', 'component', true, '{}', now(), now() from s
            returning session_id, id
        ), v as (
            insert into component_versions
                (session_id, component_id, version, revision, name, jsx_code, css_code, component_type, metadata, created_at)
            select session_id, id, 1, 3, 'Button', '<i/>', '', 'component', '{}', now() from c
        ), i as (
            insert into interactions (session_id, client_id, revision, prompt, response, interaction_type, metadata, created_at)
            select id, gen_random_uuid(), 5, 'Bluer', 'Done', 'edit', '{}', now() from s
            returning id
        ), j as (
            insert into session_journal (session_id, revision, user_id, key, kind, action, item_id, sha256, created_at)
            select s.id, e.revision, @UserId, case e.revision when 2 then @Key else gen_random_uuid() end, e.kind, e.action,
                   coalesce(e.item_id, s.id), sha256(''), now()
            from s, m, c, i, lateral (
                values (1, 'session', 'create', null), (2, 'message', 'create', m.id), (3, 'component', 'create', c.id),
                       (4, 'component', 'update', c.id), (5, 'interaction', 'create', i.id)
            ) as e (revision, kind, action, item_id)
        )
        select s.id as session_id, m.id as message_id, c.id as component_id, i.id as interaction_id, @Key as key
        from s, m, c, i
        """;

    // Everything that belongs to the session, as text.
    const string Everything = """
        select string_agg(line, E'\n' order by line)
        from (
            select 's ' || t::text from sessions t where id = @SessionId
            union all select 'j ' || t::text from session_journal t where session_id = @SessionId
            union all select 'm ' || t::text from chat_messages t where session_id = @SessionId
            union all select 'c ' || t::text from components t where session_id = @SessionId
            union all select 'v ' || t::text from component_versions t where session_id = @SessionId
            union all select 'i ' || t::text from interactions t where session_id = @SessionId
        ) as lines (line)
        """;

    public static async Task<Seed> SessionAsync(NpgsqlConnection connection, long userId)
    {
        var (session, message, component, interaction, key) = await connection.QuerySingleAsync<(
            long,
            long,
            long,
            long,
            Guid
        )>(Insert, new { UserId = userId, Key = Guid.NewGuid() });
        return new Seed(session, message, component, interaction, key);
    }

    public async Task<string> EverythingAsync(NpgsqlConnection connection) =>
        (await connection.ExecuteScalarAsync<string>(Everything, new { SessionId }))!;

    /// <summary>A route's template with this session's ids in it.</summary>
    public string Fill(string template) =>
        template
            .Replace("{sessionId}", $"{SessionId}", StringComparison.Ordinal)
            .Replace("{messageId}", $"{MessageId}", StringComparison.Ordinal)
            .Replace("{componentId}", $"{ComponentId}", StringComparison.Ordinal)
            .Replace("{interactionId}", $"{InteractionId}", StringComparison.Ordinal)
            .Replace("{version}", "1", StringComparison.Ordinal)
            .Replace("{sha256}", Sha256, StringComparison.Ordinal)
            .Replace("{key}", $"{Key}", StringComparison.Ordinal);
}
