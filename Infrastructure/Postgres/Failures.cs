using System.Net.Sockets;
using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Http;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>What a failure of the database means to a client, and whether trying again can help. The one place that knows.</summary>
public static class Failures
{
    /// <summary>Two commits raced for a key on different instances; the second finds it on its next attempt.</summary>
    const string KeyRace = "session_journal_user_key";

    /// <summary>
    /// SQLSTATE classes that speak of the server, not of the statement: connection, rollback by concurrency, resources,
    /// operator intervention, system error, authorization, wrong database; then one that lets nobody in, lock timeout, a
    /// primary that became a standby, tables or functions not yet migrated, an exhausted sequence.
    /// </summary>
    static readonly string[] Passing =
    [
        "08",
        "40",
        "53",
        "57",
        "58",
        "28",
        "3D",
        "55000",
        "55P03",
        "25006",
        "42P01",
        "42883",
        "2200H",
    ];

    /// <summary>Somebody outside holds a lock for longer than we wait.</summary>
    public static bool IsLockTimeout(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>
    /// The server itself said that the statement failed: nothing of its transaction remains. Not by the severity that people
    /// read, which speaks the server's language.
    /// </summary>
    public static bool IsDefinite(Exception e) => e is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>
    /// What was written on the strength of memory met something else: other rows (<c>expect_count</c>), a key or a place that
    /// is taken, a session that is gone.
    /// </summary>
    public static bool ContradictsMemory(PostgresException e) =>
        e.SqlState is "AE001" or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation;

    public static bool MayPass(Exception e) =>
        e switch
        {
            PostgresException p => p.ConstraintName == KeyRace
                || Passing.Any(c => p.SqlState.StartsWith(c, StringComparison.Ordinal)),
            NpgsqlException or SocketException or TimeoutException or IOException or UnknownOutcomeException => true,
            _ => false,
        };

    public static Problem ToProblem(Exception e) =>
        e switch
        {
            _ when MayPass(e) => Problem.Unavailable,
            // A named check or a text that PostgreSQL cannot hold: a rule that a validator should have caught first.
            PostgresException { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: { } constraint } p =>
                Problem.Invalid(Field(p, constraint), "breaks the rule " + constraint),
            PostgresException { SqlState: "22021" or "22P05" } => Problem.Invalid(
                "(body)",
                "holds text that cannot be stored"
            ),
            _ => Problem.Internal,
        };

    /// <summary>For the log: which failure and where, without the values that PostgreSQL quotes in its messages.</summary>
    public static string Describe(Exception e) =>
        e is PostgresException p ? $"SQLSTATE {p.SqlState} {p.ConstraintName ?? p.Routine}"
        : e is BlobStoreException ? e.Message
        : MayPass(e) ? e.GetType().Name
        : $"{e.GetType().Name} {e.StackTrace}";

    /// <summary>Constraints are named table_field_rule.</summary>
    static string Field(PostgresException e, string constraint) =>
        e.TableName is { } table
        && constraint.StartsWith(table + "_", StringComparison.Ordinal)
        && constraint.LastIndexOf('_') is var rule
        && rule > table.Length
            ? constraint[(table.Length + 1)..rule]
            : "(body)";
}
