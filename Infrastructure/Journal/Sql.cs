using AiEditor.Persistence.Infrastructure.Rows;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>What every write shares: the lock, the keys, the present state of what is aimed at, and the record of what was done.</summary>
static class Sql
{
    // No lock is waited for and no statement runs longer than a client would. All of them go by keys, and row by row in the
    // order of what they are given: what looks cheaper while a table is small would scan it, and lock in another order. So there
    // is but one plan each, and none to be made for every few rows.
    public const string Bounds =
        Postgres.Sql.PromiseDurability
        + """
            , set_config('lock_timeout', @LockTimeout::text, true), set_config('statement_timeout', '4s', true)
            , set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true)
            , set_config('enable_mergejoin', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)
            """;

    public static NpgsqlParameter LockTimeout(TimeSpan wait) =>
        new NpgsqlParameter<string>("LockTimeout", $"{wait.TotalMilliseconds}ms");

    // In id order, so that two commits never wait for each other in a circle. Ownership is part of the lock: a foreign
    // session is not even waited for.
    public const string Lock = """
        select s.id, s.client_id, s.user_id, s.title, s.description, s.is_active, s.revision, s.created_at, s.updated_at, s.deleted_at
        from sessions s
        join unnest(@SessionIds::bigint[], @UserIds::bigint[]) as wanted (session_id, user_id)
          on s.id = wanted.session_id and s.user_id = wanted.user_id
        order by s.id
        for no key update of s
        """;

    // After the lock, and a statement of its own: its snapshot sees what the lock waited for.
    public const string FindKeys = """
        select j.key, j.turn_key, j.session_id, j.revision, j.user_id, j.kind, j.action, j.item_id, j.sha256, j.created_at
        from session_journal j
        join unnest(@UserIds::bigint[], @Keys::uuid[]) as wanted (user_id, key)
          on j.user_id = wanted.user_id and j.key = wanted.key
        """;

    public const string FindTurnKeys = """
        select j.key, j.turn_key, j.session_id, j.revision, j.user_id, j.kind, j.action, j.item_id, j.sha256, j.created_at
        from session_journal j
        join unnest(@UserIds::bigint[], @Keys::uuid[]) as wanted (user_id, key)
          on j.user_id = wanted.user_id and j.turn_key = wanted.key
        where j.turn_key is not null
        order by j.revision
        """;

    // Not now(): that is when the transaction began, before it waited for its locks.
    public const string Clock = "select clock_timestamp()";

    // Ids are drawn under the lock, so that within a session their order is the order of revisions.
    public static string NextIds(Kind kind) =>
        kind switch
        {
            Kind.Session => NextSessionIds,
            Kind.Message => NextMessageIds,
            Kind.Component => NextComponentIds,
            _ => NextInteractionIds,
        };

    const string NextSessionIds = "select nextval('sessions_id_seq') from generate_series(1, @Count::int)";
    const string NextMessageIds = "select nextval('chat_messages_id_seq') from generate_series(1, @Count::int)";
    const string NextComponentIds = "select nextval('components_id_seq') from generate_series(1, @Count::int)";
    const string NextInteractionIds = "select nextval('interactions_id_seq') from generate_series(1, @Count::int)";

    public const string Sessions = """
        select s.id, s.client_id, s.user_id, s.title, s.description, s.is_active, s.revision, s.created_at, s.updated_at, s.deleted_at
        from sessions s
        join unnest(@SessionIds::bigint[], @Ids::bigint[]) as wanted (session_id, id) on s.id = wanted.id
        """;

    public const string Messages =
        SelectMessages + Wanted + " on m.session_id = wanted.session_id and m.id = wanted.id";
    public const string Components =
        SelectComponents + Wanted + " on c.session_id = wanted.session_id and c.id = wanted.id";
    public const string Interactions =
        SelectInteractions + Wanted + " on i.session_id = wanted.session_id and i.id = wanted.id";

    // What was replayed is known late, and has grown since perhaps: sizes are summed before rows are fetched. An answer gets
    // one row, and others as long as those before them are no more than it may carry.
    public const string ReplayedMessages =
        SelectMessages
        + """
             join (
                select w.session_id, w.id, sum(octet_length(m.content)) over before as bytes_before
                from unnest(@SessionIds::bigint[], @Ids::bigint[], @Answers::bigint[])
                    with ordinality as w (session_id, id, answer, number)
                join chat_messages m on m.session_id = w.session_id and m.id = w.id
                window before as (partition by w.answer order by w.number rows between unbounded preceding and 1 preceding)
            ) as wanted on m.session_id = wanted.session_id and m.id = wanted.id
            where coalesce(wanted.bytes_before, 0) <= @BytesAtMost::bigint
            """;

    public const string ReplayedComponents =
        SelectComponents
        + """
             join (
                select w.session_id, w.id, sum(octet_length(c.jsx_code) + octet_length(c.css_code)) over before as bytes_before
                from unnest(@SessionIds::bigint[], @Ids::bigint[], @Answers::bigint[])
                    with ordinality as w (session_id, id, answer, number)
                join components c on c.session_id = w.session_id and c.id = w.id
                window before as (partition by w.answer order by w.number rows between unbounded preceding and 1 preceding)
            ) as wanted on c.session_id = wanted.session_id and c.id = wanted.id
            where coalesce(wanted.bytes_before, 0) <= @BytesAtMost::bigint
            """;

    public const string ReplayedInteractions =
        SelectInteractions
        + """
             join (
                select w.session_id, w.id, sum(octet_length(i.prompt) + octet_length(i.response)) over before as bytes_before
                from unnest(@SessionIds::bigint[], @Ids::bigint[], @Answers::bigint[])
                    with ordinality as w (session_id, id, answer, number)
                join interactions i on i.session_id = w.session_id and i.id = w.id
                window before as (partition by w.answer order by w.number rows between unbounded preceding and 1 preceding)
            ) as wanted on i.session_id = wanted.session_id and i.id = wanted.id
            where coalesce(wanted.bytes_before, 0) <= @BytesAtMost::bigint
            """;

    const string Wanted = " join unnest(@SessionIds::bigint[], @Ids::bigint[]) as wanted (session_id, id)";

    const string SelectMessages = """
        select m.session_id, m.id, m.client_id, m.revision, m.role, m.content, m.message_type, m.metadata, m.attachments,
               m.created_at, m.deleted_at
        from chat_messages m
        """;

    const string SelectComponents = """
        select c.session_id, c.id, c.client_id, c.revision, c.version, c.version_revision, c.version_created_at, c.name,
               c.jsx_code, c.css_code, c.component_type, c.is_current, c.metadata, c.created_at, c.updated_at, c.deleted_at
        from components c
        """;

    const string SelectInteractions = """
        select i.session_id, i.id, i.client_id, i.revision, i.prompt, i.response, i.interaction_type, i.target_element,
               i.metadata, i.created_at, i.deleted_at
        from interactions i
        """;

    public const string CurrentComponents = """
        select c.session_id, c.id
        from components c
        where c.session_id = any(@SessionIds::bigint[]) and c.is_current and c.deleted_at is null
        """;

    public const string Versions = """
        select v.session_id, v.component_id, v.version, v.revision, v.name, v.jsx_code, v.css_code, v.component_type,
               v.metadata, v.created_at
        from component_versions v
        join unnest(@SessionIds::bigint[], @ComponentIds::bigint[], @Versions::bigint[]) as wanted (session_id, component_id, version)
          on v.session_id = wanted.session_id and v.component_id = wanted.component_id and v.version = wanted.version
        """;

    // Held until the commit, so that what is about to be named cannot be swept. Bodies name sessions before anybody knows
    // whose they are: a stranger's file is not even waited for.
    public const string Attachments = """
        select p.session_id, p.sha256, p.content_type, a.size
        from session_attachments p
        join unnest(@SessionIds::bigint[], @UserIds::bigint[], @Sha256s::bytea[]) as wanted (session_id, user_id, sha256)
          on p.session_id = wanted.session_id and p.user_id = wanted.user_id and p.sha256 = wanted.sha256
        join attachments a on a.user_id = p.user_id and a.sha256 = p.sha256
        for key share of p
        """;

    // First of all writes: the partial unique index wants the old current gone before the new one comes.
    public const string Retire = """
        update components c
        set is_current = false, revision = r.revision, updated_at = r.at
        from unnest(@SessionIds::bigint[], @Ids::bigint[], @Revisions::bigint[], @Ats::timestamptz[]) as r (session_id, id, revision, at)
        where c.session_id = r.session_id and c.id = r.id
        """;

    public const string KeepSuperseded = """
        insert into component_versions
            (session_id, component_id, version, revision, name, jsx_code, css_code, component_type, metadata, created_at)
        select session_id, component_id, version, revision, name, jsx_code, css_code, component_type, metadata::json, created_at
        from unnest(
            @SessionIds::bigint[], @ComponentIds::bigint[], @Versions::bigint[], @Revisions::bigint[], @Names::text[],
            @JsxCodes::text[], @CssCodes::text[], @ComponentTypes::text[], @Metadatas::text[], @CreatedAts::timestamptz[]
        ) as v (session_id, component_id, version, revision, name, jsx_code, css_code, component_type, metadata, created_at)
        """;

    public const string Record = """
        insert into session_journal
            (session_id, revision, user_id, key, turn_key, kind, action, item_id, sha256, created_at)
        select session_id, revision, user_id, key, turn_key, kind, action, item_id, sha256, created_at
        from unnest(
            @SessionIds::bigint[], @Revisions::bigint[], @UserIds::bigint[], @Keys::uuid[], @TurnKeys::uuid[],
            @Kinds::text[], @Actions::text[], @ItemIds::bigint[], @Sha256s::bytea[], @CreatedAts::timestamptz[]
        ) as j (session_id, revision, user_id, key, turn_key, kind, action, item_id, sha256, created_at)
        """;

    public const string Advance = """
        update sessions s
        set revision = a.revision, updated_at = a.at
        from unnest(@SessionIds::bigint[], @Revisions::bigint[], @Ats::timestamptz[]) as a (session_id, revision, at)
        where s.id = a.session_id
        """;

    // Locks and moves sessions that are remembered, each as it is remembered: the time tells a revision from one of the same
    // number in a database that lost its last commits. And no key may be one that a turn has used, which no index refuses.
    public const string AdvanceAssumed = """
        with moved as (
            update sessions s
            set revision = a.revision, updated_at = a.at
            from unnest(
                @SessionIds::bigint[], @UserIds::bigint[], @WereAt::bigint[], @WereUpdatedAt::timestamptz[],
                @Revisions::bigint[], @Ats::timestamptz[]
            ) as a (session_id, user_id, was_at, was_updated_at, revision, at)
            where s.id = a.session_id and s.user_id = a.user_id and s.revision = a.was_at and s.updated_at = a.was_updated_at
              and s.deleted_at is null
            returning s.id
        ), used as (
            select j.key
            from session_journal j
            join unnest(@KeyUserIds::bigint[], @Keys::uuid[]) as wanted (user_id, key)
              on j.user_id = wanted.user_id and j.turn_key = wanted.key
            where j.turn_key is not null
        )
        select clock_timestamp(), expect_count((select count(*) from moved), @Count::bigint),
               expect_count((select count(*) from used), 0)
        """;

    // A replay answers for a commit that a standby may not have yet. A transactional message makes this transaction one
    // that writes, so its own commit waits until everything before it in the log is as durable as promised.
    public const string AwaitDurability = "select pg_logical_emit_message(true, 'replay', '')";
}
