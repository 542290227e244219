namespace AiEditor.Persistence.Tests.Migrations;

/// <summary>
/// Rows as they were written when a migration was the newest one. Each is put in as soon as its migration has run, so that
/// every later migration runs over it. A migration that adds a table adds a line here; lines that stand are never edited.
/// </summary>
static class Seeds
{
    public static readonly IReadOnlyDictionary<long, string> All = new Dictionary<long, string>
    {
        [1] = """
            insert into sessions (client_id, user_id, title, description, is_active, revision, created_at, updated_at, deleted_at)
            values ('00000000-0000-4000-8000-000000000001', 7, 'Old', 'From before', true, 6, '2024-02-29 12:00Z', '2024-03-01Z', null),
                   ('00000000-0000-4000-8000-000000000002', 7, 'In the trash', null, false, 2, '2024-02-29Z', '2024-03-01Z', '2024-03-01Z')
            """,
        [2] = """
            insert into session_journal (session_id, revision, user_id, key, turn_key, kind, action, item_id, sha256, created_at)
            values (1, 1, 7, '00000000-0000-4000-8000-000000000001', null, 'session', 'create', 1, sha256('a'), '2024-02-29Z'),
                   (1, 2, 7, '00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000009', 'message', 'create', 1,
                    sha256('b'), '2024-02-29Z')
            """,
        [3] = """
            insert into chat_messages (session_id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
            values (1, '00000000-0000-4000-8000-000000000003', 2, 'user', 'Hello', 'text', '{"n": 9007199254740993}', '[]', '2024-02-29Z')
            """,
        [4] = """
            insert into components
                (session_id, client_id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
                 component_type, is_current, metadata, created_at, updated_at)
            values (1, '00000000-0000-4000-8000-000000000004', 4, 2, 4, '2024-02-29Z', 'Button', '<b/>', '', 'component', true, '{}',
                    '2024-02-29Z', '2024-02-29Z')
            """,
        [5] = """
            insert into component_versions
                (session_id, component_id, version, revision, name, jsx_code, css_code, component_type, metadata, created_at)
            values (1, 1, 1, 3, 'Button', '<i/>', '', 'component', '{}', '2024-02-29Z')
            """,
        [6] = """
            insert into interactions
                (session_id, client_id, revision, prompt, response, interaction_type, target_element, metadata, created_at)
            values (1, '00000000-0000-4000-8000-000000000005', 5, 'Bluer', 'Done', 'edit', null, '{}', '2024-02-29Z')
            """,
        [7] = """
            insert into blob_chunks (blob_id, number, bytes) values ('00000000-0000-4000-8000-00000000000b', 0, 'hello');
            insert into blobs_adrift (blob_id, since) values ('00000000-0000-4000-8000-00000000000c', '2024-02-29Z')
            """,
        [8] = """
            insert into attachments (user_id, sha256, size, blob_id, created_at)
            values (7, sha256('hello'), 5, '00000000-0000-4000-8000-00000000000b', '2024-02-29Z');
            insert into session_attachments (session_id, sha256, user_id, content_type, put_at)
            values (1, sha256('hello'), 7, 'text/plain', '2024-02-29Z');
            insert into message_attachments (session_id, message_id, sha256) values (1, 1, sha256('hello'))
            """,
    };
}
