namespace AiEditor.Persistence.Features.ListChanges;

static partial class Sql
{
    // Of what was purged from the trash the journal still tells that it was made and deleted. What came by an import it
    // knows no name of.
    public const string Purged = """
        select j.kind, j.item_id as id, (array_agg(j.key) filter (where j.action = 'create'))[1] as client_id,
               max(j.revision) as revision
        from session_journal j
        join sessions s on s.id = j.session_id
        join unnest(@PurgedKinds::text[], @PurgedIds::bigint[]) as wanted (kind, id) on j.kind = wanted.kind and j.item_id = wanted.id
        where s.id = @SessionId::bigint and s.user_id = @UserId::bigint
        group by j.kind, j.item_id
        """;
}
