using AiEditor.Persistence.Infrastructure.Http;
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
        ILogger<Journal> logger
    )
    {
        this.services = services;
        slices = services.GetServices<IWrite>().ToDictionary(slice => slice.Type);
        shards = [.. Enumerable.Range(0, Database.Writers).Select(_ => new Shard(database, logger))];
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
        var row = (TRow)outcome.Row!;
        return new Saved<TRow>(row, location(row), mutation.Target, outcome);
    }

    /// <summary>Writes a mutation that changes something; answers 200 with how it is now.</summary>
    public async Task<Results<Changed<TRow>, Problem>> ChangeAsync<TBody, TRow>(
        IWrite<TBody, TRow> slice,
        Mutation mutation
    )
        where TBody : class
        where TRow : class, IItem
    {
        var outcome = await WriteAsync(slice, mutation);
        if (outcome.Problem is { } problem)
            return problem;
        return new Changed<TRow>((TRow)outcome.Row!, mutation.Target, outcome);
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

    /// <summary>Writes operations that succeed or fail together; the outcomes stand in the operations.</summary>
    public async Task WriteAsync(Group group)
    {
        var first = group.Operations[0];
        var shard = shards[
            (uint)(first.MakesSession ? first.Key.GetHashCode() : first.Target.SessionId.GetHashCode()) % shards.Length
        ];
        if (shard.TryEnqueue(group))
            await group.Done;
        else
            group.Refuse(Problem.Overloaded);
    }

    /// <summary>Finds the slice that does this, for those who carry other slices' operations.</summary>
    public (Operation? Operation, Problem? Problem) Prepare(string type, StrictBody body, Target target) =>
        slices[type].Prepare(body, target, services);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(shards.Select(s => Task.Run(s.RunAsync)));

    /// <summary>Runs after the last request was answered, so the queues are empty; what is in them all the same is written.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var shard in shards)
            shard.Close();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }
}
