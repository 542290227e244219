using System.Net.Sockets;
using Npgsql;

namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>The database: where it is, how it is reached, and that it has its schema before anyone calls it ready.</summary>
public static class Database
{
    /// <summary>The key of the data source that the journal writes through.</summary>
    public const string ForWrites = "writes";

    static int writingConnectionsMade;

    /// <summary>Counts whenever the journal meets the server anew, and cannot know which server, or what happened to it.</summary>
    public static int WritingConnectionsMade => Volatile.Read(ref writingConnectionsMade);

    /// <summary>The key of the data source that sessions are loaded through.</summary>
    public const string ForLoads = "loads";

    /// <summary>
    /// How many sessions are read at once. Each takes some 0.3 ms of PostgreSQL's time: more would share the same processors, and
    /// some would wait many times longer than in a queue.
    /// </summary>
    static readonly int Loads = Math.Clamp(4 * Environment.ProcessorCount, 8, 16);

    /// <summary>
    /// How many commits may be under way at once. Few: what one writer commits together would be two commits of half the size
    /// with another, each with its own locks, statements and flush. More than one is for machines that have the cores.
    /// </summary>
    public static readonly int WritersOfSingles = Math.Clamp(Environment.ProcessorCount / 2, 1, 8);

    /// <summary>
    /// Two at least for batches, each of which fills a commit by itself: while PostgreSQL works for one, the other is decided.
    /// </summary>
    public static readonly int Writers = Math.Max(WritersOfSingles, 2);

    public static WebApplicationBuilder AddDatabase(this WebApplicationBuilder builder)
    {
        TypeHandlers.Register();
        var url = builder.Configuration["DATABASE_URL"];
        NpgsqlConnectionStringBuilder settings;
        if (!string.IsNullOrEmpty(url))
            settings = DatabaseUrl.Parse(url);
        else if (builder.Environment.IsDevelopment())
        {
            var cluster = PrivateCluster.Start(DataFolder.Of(builder.Environment));
            // By factory, so that the container disposes of it last of all, also when the start fails.
            builder
                .Services.AddSingleton(_ => cluster)
                .AddHostedService(services => services.GetRequiredService<PrivateCluster>());
            settings = DatabaseUrl.Parse(cluster.ConnectionString);
        }
        else
            throw new InvalidSettingException(
                "DATABASE_URL",
                "is missing; only Development starts a PostgreSQL of its own"
            );

        builder.Services.AddSingleton(settings);
        builder.Services.AddNpgsqlDataSource(settings.ConnectionString, source => source.Name = "ai-editor");
        // A pool of their own: writers never wait behind readers for a connection. One more than writers, for one that is
        // still being broken off when its writer already tries again.
        AddPool(ForWrites, Writers + 1, () => Interlocked.Increment(ref writingConnectionsMade));
        // And whoever opens a session never waits behind those who fetch files for as long as their line takes.
        AddPool(ForLoads, Math.Min(Loads, settings.MaxPoolSize));
        builder.Services.AddSingleton<SchemaState>();
        builder.Services.AddHostedService<MigrateAtStart>();
        return builder;

        void AddPool(string key, int connectionsAtMost, System.Action? connected = null) =>
            builder.Services.AddNpgsqlDataSource(
                new NpgsqlConnectionStringBuilder(settings.ConnectionString)
                {
                    MinPoolSize = Math.Min(settings.MinPoolSize, connectionsAtMost),
                    MaxPoolSize = connectionsAtMost,
                }.ConnectionString,
                source =>
                {
                    source.Name = $"ai-editor-{key}";
                    source.UsePhysicalConnectionInitializer(
                        _ => connected?.Invoke(),
                        _ =>
                        {
                            connected?.Invoke();
                            return Task.CompletedTask;
                        }
                    );
                },
                serviceKey: key
            );
    }

    /// <summary>The subcommand <c>migrate</c>: applies what is missing and ends; fails at once where the service would wait.</summary>
    public static async Task<int> MigrateAsync(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(Migrator));
        var settings = app.Services.GetRequiredService<NpgsqlConnectionStringBuilder>();
        // Asked for so that it is disposed of: no hosted service runs here that would.
        _ = app.Services.GetService<PrivateCluster>();
        try
        {
            await Migrator.RunAsync(settings, logger, CancellationToken.None);
            Console.WriteLine("The schema is up to date.");
            return 0;
        }
        catch (Exception e) when (e.GetBaseException() is PostgresException || Failures.MayPass(e.GetBaseException()))
        {
            var why = e.GetBaseException() is SocketException unreachable
                ? $"{settings.Host} cannot be reached ({unreachable.SocketErrorCode})"
                : Failures.Describe(e.GetBaseException());
            await Console.Error.WriteLineAsync($"The migrations could not be applied: {why}.");
            return 1;
        }
    }
}
