using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Live;
using AiEditor.Persistence.Infrastructure.Postgres;
using AiEditor.Persistence.Infrastructure.Rows;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>The one way to write. What it answers is committed, or was not done, or is unknown and says so.</summary>
public sealed class Journal : BackgroundService
{
    readonly IServiceProvider services;
    readonly Dictionary<string, IWrite> slices;
    readonly Shard[] shards;

    public Journal(
        [FromKeyedServices(Database.ForWrites)] NpgsqlDataSource database,
        IServiceProvider services,
        Hints hints,
        ILogger<Journal> logger
    )
    {
        this.services = services;
        slices = services.GetServices<IWrite>().ToDictionary(slice => slice.Type);
        shards = [.. Enumerable.Range(0, Database.Writers).Select(_ => new Shard(database, hints, logger))];
    }

    /// <summary>Writes a mutation that makes something; answers 201 with where it is.</summary>
    public async Task<Results<Saved<TRow>, Problem>> SaveAsync<TBody, TRow>(
        IWrite<TBody, TRow> slice,
        Mutation mutation,
        Func<TRow, string> location
    )
        where TBody : class
        where TRow : class, IItem
    {
        var outcome = await WriteAsync(slice, mutation);
        if (outcome.Problem is { } problem)
            return problem;
        // Without a row it is the replay of what the trash has lost since: it happened, and nothing is left to show.
        return new Saved<TRow>(outcome.Row as TRow, location, mutation.Target, outcome);
    }

    /// <summary>Writes a mutation that changes something; answers 200 with how it is now.</summary>
    public Task<Results<Changed<TRow>, Problem>> ChangeAsync<TBody, TRow>(IWrite<TBody, TRow> slice, Mutation mutation)
        where TBody : class
        where TRow : class, IItem => ChangeAsync(slice, mutation, (row, _) => row);

    /// <summary>The same for an answer that says more than the row.</summary>
    public async Task<Results<Changed<TAnswer>, Problem>> ChangeAsync<TBody, TRow, TAnswer>(
        IWrite<TBody, TRow> slice,
        Mutation mutation,
        Func<TRow, Outcome, TAnswer> answer
    )
        where TBody : class
        where TRow : class, IItem
    {
        var outcome = await WriteAsync(slice, mutation);
        if (outcome.Problem is { } problem)
            return problem;
        return outcome.Row is TRow row
            ? new Changed<TAnswer>(answer(row, outcome), mutation.Target, outcome)
            : new Changed<TAnswer>(default, mutation.Target, outcome);
    }

    /// <summary>Writes a mutation that takes something away; answers 204.</summary>
    public async Task<Results<Removed, Problem>> RemoveAsync<TBody, TRow>(IWrite<TBody, TRow> slice, Mutation mutation)
        where TBody : class
        where TRow : class, IItem
    {
        var outcome = await WriteAsync(slice, mutation);
        if (outcome.Problem is { } problem)
            return problem;
        return new Removed(mutation.Target, outcome);
    }

    async Task<Outcome> WriteAsync<TBody, TRow>(IWrite<TBody, TRow> slice, Mutation mutation)
        where TBody : class
        where TRow : class, IItem
    {
        if (mutation.Problem is { } unreadable)
            return new Outcome(Problem: unreadable);
        var (operation, problem) = slice.Prepare(mutation.Body, mutation.Target, services);
        if (operation is null)
            return new Outcome(Problem: problem);
        await WriteAsync(new Group([operation]));
        return operation.Outcome;
    }

    /// <summary>
    /// Writes groups one after the other, each of which succeeds or fails by itself; the outcomes stand in the operations.
    /// </summary>
    public Task WriteAsync(params IReadOnlyList<Group> groups)
    {
        var parcel = new Parcel(groups);
        // Batches also go to a writer that nobody else has to wait for, where there is one.
        var writers = groups.Count > 1 ? shards.Length : Database.WritersOfSingles;
        if (shards[parcel.Route % writers].TryEnqueue(parcel))
            return parcel.Done;
        foreach (var group in groups)
            group.Refuse(Problem.Overloaded);
        return Task.CompletedTask;
    }

    /// <summary>Finds the slice that does this, for those who carry other slices' operations.</summary>
    public IWrite? Find(string type) => slices.GetValueOrDefault(type);

    /// <summary>Reads and checks the body of another slice's operation, touching no database.</summary>
    public (Operation? Operation, Problem? Problem) Prepare(string type, StrictBody body, Target target) =>
        slices[type].Prepare(body, target, services);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(shards.Select(s => Task.Run(s.RunAsync)));

    /// <summary>Runs after the last request was answered, so the queues are empty; what is in them all the same is written.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var shard in shards)
            shard.Close();
        // Whoever was still being served when patience ended has been cut off, and is owed no answer: that is no failure.
        await (ExecuteTask ?? Task.CompletedTask)
            .WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }
}
