using AiEditor.Persistence.Infrastructure.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>A migrated database with tens of thousands of rows, so that the planner has something to think about.</summary>
static class FilledDatabase
{
    const string Fill = """
        -- Faster by far without foreign keys being checked row by row.
        set session_replication_role = replica;

        insert into sessions (id, client_id, user_id, title, description, is_active, revision, created_at, updated_at)
        overriding system value
        select s, gen_random_uuid(), 1 + s % 2000, 'Session ' || s, null, true, 20, now(), now() - s * interval '1 second'
        from generate_series(1, 10000) s;

        insert into session_journal (session_id, revision, user_id, key, turn_key, kind, action, item_id, sha256, created_at)
        select s, r, 1 + s % 2000, gen_random_uuid(), case when r % 4 = 0 then gen_random_uuid() end, 'message', 'create', r,
               sha256('x'), now()
        from generate_series(1, 10000) s, generate_series(1, 6) r;

        insert into chat_messages
            (session_id, id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
        overriding system value
        select s, s * 10 + m, gen_random_uuid(), m, 'user', repeat('said ', 20), 'text', '{}', '[]', now()
        from generate_series(1, 10000) s, generate_series(1, 6) m;

        insert into components
            (session_id, id, client_id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
             component_type, is_current, metadata, created_at, updated_at)
        overriding system value
        select s, s * 10 + c, gen_random_uuid(), c, 2, c, now(), 'Button', repeat('<b/>', 50), '', 'component', c = 1, '{}',
               now(), now()
        from generate_series(1, 10000) s, generate_series(1, 4) c;

        insert into component_versions
            (session_id, component_id, version, revision, name, jsx_code, css_code, component_type, metadata, created_at)
        select s, s * 10 + c, 1, c, 'Button', repeat('<i/>', 50), '', 'component', '{}', now()
        from generate_series(1, 10000) s, generate_series(1, 4) c;

        insert into interactions
            (session_id, id, client_id, revision, prompt, response, interaction_type, target_element, metadata, created_at)
        overriding system value
        select s, s * 10 + i, gen_random_uuid(), i, 'Bluer', repeat('done ', 20), 'edit', null, '{}', now()
        from generate_series(1, 10000) s, generate_series(1, 4) i;

        -- Most were looked at, and found in use.
        insert into attachments (user_id, sha256, size, blob_id, created_at, look_at)
        select 1 + s % 2000, sha256((f * 10000 + s)::text::bytea), 1, gen_random_uuid(), now() - s * interval '1 minute',
               now() + (s - 20) * interval '1 minute'
        from generate_series(1, 10000) s, generate_series(1, 8) f;

        insert into session_attachments (session_id, sha256, user_id, content_type, put_at, look_at)
        select s, sha256((f * 10000 + s)::text::bytea), 1 + s % 2000, 'text/plain', now() - s * interval '1 minute',
               now() + (s - 20) * interval '1 minute'
        from generate_series(1, 10000) s, generate_series(1, 8) f;

        insert into message_attachments (session_id, message_id, sha256)
        select s, s * 10 + 1 + f % 6, sha256((f * 10000 + s)::text::bytea)
        from generate_series(1, 10000) s, generate_series(1, 8) f;

        insert into blob_chunks (blob_id, number, bytes) select blob_id, 0, 'x' from attachments;

        insert into blobs_adrift (blob_id, since)
        select gen_random_uuid(), now() - s * interval '1 second' from generate_series(1, 80000) s;

        set session_replication_role = default;
        analyze
        """;

    public static async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = await EmptyAsync();
        await using var fill = new NpgsqlCommand(Fill, connection);
        await fill.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Migrated, and nothing in it.</summary>
    public static async Task<NpgsqlConnection> EmptyAsync()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await Migrator.RunAsync(new NpgsqlConnectionStringBuilder(url), NullLogger.Instance, CancellationToken.None);
        return await TestCluster.OpenAsync(url);
    }
}
