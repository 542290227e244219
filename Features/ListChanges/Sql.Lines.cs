namespace AiEditor.Persistence.Features.ListChanges;

static partial class Sql
{
    // The journal, and how much each line of it touched; components are measured by themselves. An import
    // brought what still bears its revision.
    const string Lines = """
        select j.revision, j.kind, j.action, j.item_id,
               case j.kind
                   when 'message' then not exists (
                       select from chat_messages m where m.session_id = j.session_id and m.id = j.item_id)
                   when 'component' then not exists (
                       select from components c where c.session_id = j.session_id and c.id = j.item_id)
                   when 'interaction' then not exists (
                       select from interactions i where i.session_id = j.session_id and i.id = j.item_id)
                   else false
               end as is_purged,
               coalesce(
                   case when j.action = 'import' then (
                            select sum(octet_length(content)) from chat_messages
                            where session_id = j.session_id and revision = j.revision and deleted_at is null)
                        when j.kind = 'message' then (
                            select octet_length(content) from chat_messages where session_id = j.session_id and id = j.item_id)
                   end, 0)
               + coalesce(
                   case when j.action = 'import' then (
                            select sum(octet_length(prompt) + octet_length(response)) from interactions
                            where session_id = j.session_id and revision = j.revision and deleted_at is null)
                        when j.kind = 'interaction' then (
                            select octet_length(prompt) + octet_length(response) from interactions
                            where session_id = j.session_id and id = j.item_id)
                   end, 0) as bytes
        from session_journal j
        join sessions s on s.id = j.session_id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint and s.deleted_at is null
          and j.revision > @Since::bigint
        order by j.revision
        limit @Limit::int
        """;
}
