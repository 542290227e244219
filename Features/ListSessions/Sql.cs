namespace AiEditor.Persistence.Features.ListSessions;

static class Sql
{
    // One user's sessions, found by sessions_user_id and sorted here: an index on updated_at would have to be kept by every
    // mutation. strpos, not like: what a user types has no wildcards.
    public const string Page = """
        select id, client_id, user_id, title, description, is_active, revision, created_at, updated_at
        from sessions
        where user_id = @UserId::bigint
          and (deleted_at is not null) = @Trashed::boolean
          and (@IsActive::boolean is null or is_active = @IsActive::boolean)
          and (@Q::text is null
               or strpos(lower(title), lower(@Q::text)) > 0
               or strpos(lower(description), lower(@Q::text)) > 0)
          and (@UpdatedAt::timestamptz is null or (updated_at, id) < (@UpdatedAt::timestamptz, @Id::bigint))
        order by updated_at desc, id desc
        limit @Limit::int + 1
        """;
}
