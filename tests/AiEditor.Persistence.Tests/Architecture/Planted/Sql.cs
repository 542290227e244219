// Statements that the checks are there to keep out.
#pragma warning disable CA1812, IDE0051

namespace AiEditor.Persistence.Tests.Architecture.Planted;

static class Sql
{
    public const string UnknownColumn = "select colour from sessions";

    public const string UnknownSecondStatement = """
        begin;
        select id from sessions where id = @SessionId::bigint;
        select id from no_such_table where id = @SessionId::bigint;
        commit
        """;

    public const string WrongType = "select id from sessions where id = @SessionId::uuid";

    public const string ScansEveryMessage = "select id from chat_messages where content = @Content::text";

    public const string ForgetsTheSession = "select content from chat_messages where id = @Id::bigint";

    public const string WalksAWholeIndex = "select session_id, id from components order by session_id, id";

    public const string ScansToDelete = "delete from sessions where updated_at < @Before::timestamptz";

    public const string ScansInASubquery =
        "select 1 where exists (select 1 from interactions where prompt = @Prompt::text)";

    public const string Good = """
        -- A comment's @NoParameter; and its semicolon are no matter.
        select id, '@no; parameter', title from sessions where id = @SessionId::bigint and user_id = @UserId::bigint
        """;

    /// <summary>A fragment: private, and no statement by itself.</summary>
    const string Columns = "id, title";

    internal const string AlsoGood = $"select {Columns} from sessions where id = any(@SessionIds::bigint[])";
}
