using System.Security.Cryptography;
using System.Text;
using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Dapper;
using Npgsql;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>
/// Reads a file twice: once to know that all of it is good, and then to write its sessions in one transaction. Past the
/// journal's queue, for a file may hold more than memory should; a new session is seen by nobody before the commit, so
/// there is nothing to lock, and the key is guarded by its index.
/// </summary>
sealed class Importer(NpgsqlDataSource database, Files files, Journal journal, ILogger<Importer> logger)
{
    const int AttemptsAtMost = 3;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<(Response? Response, Outcome Outcome)> ImportAsync(Target target, Upload upload, string format)
    {
        try
        {
            var reading = new Reading(Formats.Of(format), journal);
            upload.Bytes.Position = 0;
            await reading.CheckAsync(upload.Bytes);
            if (reading.Sessions == 0)
                throw new BadFileException("(file)", "holds no conversation");
            var (sessions, outcome) = await WriteAsync(target, Content(upload, format), upload.Bytes, reading);
            return (outcome.Problem is null ? Answer(sessions, reading) : null, outcome);
        }
        catch (BadFileException e)
        {
            return (null, new Outcome(Problem: Problem.Invalid(e.Errors)));
        }
    }

    /// <summary>What is hashed of an archive is its bytes; those of another tool's export mean nothing without its format.</summary>
    static Sha256 Content(Upload upload, string format) =>
        format.Length == 0
            ? upload.Sha256
            : new Sha256(SHA256.HashData([.. Encoding.UTF8.GetBytes(format), .. upload.Sha256.Bytes]));

    /// <summary>Whether an earlier attempt got as far as COMMIT: if the key is found then, it is this request's own.</summary>
    bool mayHaveCommitted;

    async Task<(IReadOnlyList<Session>, Outcome)> WriteAsync(
        Target target,
        Sha256 content,
        Stream bytes,
        Reading reading
    )
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                return await ReplayAsync(target, content) ?? await CommitAsync(target, content, bytes, reading);
            }
            catch (Exception e) when (Failures.MayPass(e) || IsSwept(e))
            {
                // If it was committed all the same, the next attempt, or the client's, finds its key.
                if (attempt < AttemptsAtMost)
                    continue;
                logger.LogWarning("An import failed: {Failure}", Failures.Describe(e));
                return ([], new Outcome(Problem: Problem.Unavailable));
            }
    }

    /// <summary>A file that the user had was swept before the session could hold it; the next attempt keeps it anew.</summary>
    static bool IsSwept(Exception e) => e is PostgresException { ConstraintName: "session_attachments_file_fkey" };

    /// <summary>Null when the key has done nothing yet.</summary>
    async Task<(IReadOnlyList<Session>, Outcome)?> ReplayAsync(Target target, Sha256 content)
    {
        await using var connection = await database.OpenConnectionAsync();
        var key = new { target.UserId, target.Key };
        if (await connection.QuerySingleOrDefaultAsync<Receipt>(Sql.FindKey, key) is not { } receipt)
            return null;
        if (receipt.Action is not Action.Import || receipt.Sha256 != content)
            return ([], new Outcome(Problem: Problem.KeyReused));
        var sessions = (await connection.QueryAsync<Session>(Sql.FindSessions, key)).AsList();
        if (sessions.Count == 0)
            // The session was erased in between; then its key is free again.
            return ([], new Outcome(Problem: Problem.Unavailable));
        // The answer vouches for a commit that a standby may not have yet.
        await Durable.QueryAsync<object>(connection, Infrastructure.Journal.Sql.AwaitDurability, Patience);
        return (sessions, new Outcome(sessions[0], 1, Replayed: !mayHaveCommitted));
    }

    async Task<(IReadOnlyList<Session>, Outcome)> CommitAsync(
        Target target,
        Sha256 content,
        Stream bytes,
        Reading reading
    )
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(Infrastructure.Postgres.Sql.PromiseAndBound);
        await using var writing = new Writing(connection, files, target, content);
        bytes.Position = 0;
        await foreach (var line in reading.GoodAsync(bytes))
            await writing.AddAsync(line);
        var sessions = await writing.EndAsync();
        mayHaveCommitted = true;
        try
        {
            await Durable.CommitAsync(transaction);
        }
        catch (Exception e) when (Failures.IsDefinite(e))
        {
            // Whatever an attempt before this one did, it did not commit: the key was free until here.
            mayHaveCommitted = false;
            throw;
        }
        return (sessions, new Outcome(sessions[0], 1));
    }

    static Response Answer(IReadOnlyList<Session> sessions, Reading reading) =>
        new()
        {
            Session = sessions[0],
            Sessions = sessions,
            Counts = ImportCounts.Of(reading.Sessions, reading.Counts, reading.Skipped.Reasons),
        };
}
