using System.Globalization;
using Dapper;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>
/// Makes a session long or large, as so many saves would, by one statement: tests of what comes out need not wait for all
/// of it to go in.
/// </summary>
static class Filling
{
    const string Messages = """
        with made as (
            insert into chat_messages
                (session_id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
            select s.id, gen_random_uuid(), s.revision + n, 'user', repeat('x', @Length), 'text', '{}', '[]', now()
            from sessions s, generate_series(1, @Count) as n
            where s.id = @SessionId
            order by n
            returning session_id, id, client_id, revision
        ), told as (
            insert into session_journal (session_id, revision, user_id, key, kind, action, item_id, sha256, created_at)
            select m.session_id, m.revision, s.user_id, m.client_id, 'message', 'create', m.id, sha256(''), now()
            from made m join sessions s on s.id = m.session_id
        )
        update sessions set revision = revision + @Count where id = @SessionId
        """;

    const string Components = """
        with made as (
            insert into components
                (session_id, client_id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
                 component_type, is_current, metadata, created_at, updated_at)
            select s.id, gen_random_uuid(), s.revision + n, 1, s.revision + n, now(), n::text, repeat('x', @Length), '',
                   'component', false, '{}', now(), now()
            from sessions s, generate_series(1, @Count) as n
            where s.id = @SessionId
            order by n
            returning session_id, id, client_id, revision
        ), told as (
            insert into session_journal (session_id, revision, user_id, key, kind, action, item_id, sha256, created_at)
            select c.session_id, c.revision, s.user_id, c.client_id, 'component', 'create', c.id, sha256(''), now()
            from made c join sessions s on s.id = c.session_id
        )
        update sessions set revision = revision + @Count where id = @SessionId
        """;

    public static Task MessagesAsync(string sessionPath, int count, int length) =>
        FillAsync(Messages, sessionPath, count, length);

    /// <summary>None of them is the current one.</summary>
    public static Task ComponentsAsync(string sessionPath, int count, int length) =>
        FillAsync(Components, sessionPath, count, length);

    static async Task FillAsync(string sql, string sessionPath, int count, int length)
    {
        await using var behind = await TestCluster.OpenAsync();
        var sessionId = long.Parse(sessionPath.Split('/')[^1], CultureInfo.InvariantCulture);
        var filled = new
        {
            SessionId = sessionId,
            Count = count,
            Length = length,
        };
        Assert.That(await behind.ExecuteAsync(sql, filled), Is.EqualTo(1));
    }
}
