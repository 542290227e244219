using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using AiEditor.Persistence.Tests.Support;
using Dapper;
using Npgsql;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>Files in an S3 store: the same promises as with PostgreSQL, also while the store is away.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class S3BlobStoreTests
{
    const int MiB = 1024 * 1024;
    const string AgeAdrift = "update blobs_adrift set since = since - interval '2 hours' where since > '-infinity'";

    string url = null!;
    S3Server store = null!;
    Service service = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        store = await S3Server.StartAsync();
        url = await TestCluster.CreateDatabaseAsync();
        service = await Service.StartAsync([("DATABASE_URL", url), .. store.Settings()]);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (service is not null)
            await service.DisposeAsync();
        if (store is not null)
            await store.DisposeAsync();
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(MiB + 1)]
    [TestCase(10 * MiB)]
    public async Task A_file_is_put_once_comes_back_byte_for_byte_and_is_an_object_alone(int size)
    {
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var bytes = RandomNumberGenerator.GetBytes(size);
        var path = Path(session, bytes);

        var first = await user.Put(path, new ByteArrayContent(bytes));
        var again = await user.Put(path, new ByteArrayContent(bytes));
        var got = await user.Download(path);

        Assert.That((first.Status, again.Status), Is.EqualTo((201, 200)), first.Text);
        Assert.That((got.Status, got.Bytes), Is.EqualTo((200, bytes)));
        var blob = Ask<Guid>("select blob_id from attachments where user_id = @UserId", user);
        Assert.That((await store.ObjectsAsync())[$"some/where/{blob}"], Is.EqualTo(size));
        Assert.That(Ask<long>("select count(*) from blob_chunks where blob_id = @Blob", new { blob }), Is.Zero);
        Assert.That(Ask<long>("select count(*) from blobs_adrift where blob_id = @Blob", new { blob }), Is.Zero);
    }

    [TestCase("bytes=0-0", 0, 1)]
    [TestCase("bytes=1048575-1048577", MiB - 1, 3)]
    [TestCase("bytes=100000-1600000", 100_000, 1_500_001)]
    [TestCase("bytes=-5", 2 * MiB - 5, 5)]
    [TestCase("bytes=2097000-9999999", 2_097_000, 152)]
    public async Task A_range_is_given_alone(string range, int from, int count)
    {
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var bytes = RandomNumberGenerator.GetBytes(2 * MiB);
        await user.Put(Path(session, bytes), new ByteArrayContent(bytes));

        var part = await user.Download(Path(session, bytes), ("Range", range));

        Assert.That((part.Status, part.Bytes), Is.EqualTo((206, bytes[from..(from + count)])));
    }

    [Test]
    public async Task A_wrong_hash_keeps_nothing()
    {
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var put = await user.Put(Path(session, [1]), new ByteArrayContent(new byte[12_345]));

        Assert.That((put.Status, put.Code), Is.EqualTo((422, "validation_failed")), put.Text);
        Assert.That((await store.ObjectsAsync()).Values, Has.None.EqualTo(12_345));
        Assert.That(Ask<long>("select count(*) from attachments where user_id = @UserId", user), Is.Zero);
    }

    [Test]
    public async Task What_is_erased_for_good_is_no_object_any_more()
    {
        var user = Actor.New(service);
        var session = await user.SessionPath();
        await user.Put(Path(session, [1, 2]), new ByteArrayContent([1, 2]));
        var blob = Ask<Guid>("select blob_id from attachments where user_id = @UserId", user);
        Assert.That((await store.ObjectsAsync()).Keys, Has.One.EndsWith($"{blob}"));

        var erased = await user.Delete($"{session}?permanent=true");

        Assert.That(erased.Status, Is.EqualTo(204));
        Assert.That((await store.ObjectsAsync()).Keys, Has.None.EndsWith($"{blob}"));
    }

    [Test]
    public async Task While_the_store_is_away_files_are_503_nothing_is_kept_and_later_nothing_is_left_behind()
    {
        await using var server = await S3Server.StartAsync();
        var (database, way) = (await TestCluster.CreateDatabaseAsync(), new TcpProxy(server.Port));
        await using var here = await Service.StartAsync([
            ("DATABASE_URL", database),
            ("SWEEP_SECONDS", "1"),
            .. server.Settings(way.Port),
        ]);
        await using var behind = await TestCluster.OpenAsync(database);
        var port = way.Port;
        var user = Actor.New(here);
        var (kept, erased) = (await user.SessionPath(), await user.SessionPath());
        byte[] one = [1],
            two = [2];
        await user.Put(Path(kept, one), new ByteArrayContent(one));
        await user.Put(Path(erased, two), new ByteArrayContent(two));

        way.LoseAnswers = true;
        var unheard = await user.Put(Path(kept, [3]), new ByteArrayContent([3]));
        await way.DisposeAsync();
        var put = await user.Put(Path(kept, [4]), new ByteArrayContent([4]));
        var got = await user.Get(Path(kept, one));
        var known = await user.Put(Path(kept, one), new ByteArrayContent(one));
        var message = await user.Message(kept);
        var erasure = await user.Delete($"{erased}?permanent=true");

        foreach (var refused in (Answer[])[unheard, put, got])
        {
            Assert.That((refused.Status, refused.Code), Is.EqualTo((503, "unavailable")), refused.Text);
            Assert.That(refused.Headers["Retry-After"], Is.Not.Empty);
        }
        Assert.That(known.Status, Is.EqualTo(200), "no byte of it has to move");
        Assert.That(erasure.Status, Is.EqualTo(204));
        Assert.That((await here.Http.GetAsync("/health/ready")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await behind.ExecuteScalarAsync<long>("select count(*) from attachments"), Is.EqualTo(1));
        Assert.That(here.Output, Does.Contain("S3: ConnectionError").And.Not.Contain(S3Server.Secret));

        await using var back = new TcpProxy(server.Port, port);
        await behind.ExecuteAsync(AgeAdrift);
        await Until.TrueAsync(() => Count(database, "blobs_adrift") == 0, "what was adrift was swept");
        Assert.That(await server.ObjectsAsync(), Has.Count.EqualTo(1));
        Assert.That((await user.Download(Path(kept, one))).Bytes, Is.EqualTo(one));
        Assert.That((await user.Put(Path(kept, [4]), new ByteArrayContent([4]))).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task A_store_that_says_nothing_is_not_waited_for_long_and_holds_nobody_else_up()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var database = await TestCluster.CreateDatabaseAsync();
        await using var here = await Service.StartAsync([
            ("DATABASE_URL", database),
            .. S3Server.SettingsFor(((IPEndPoint)mute.LocalEndpoint).Port),
        ]);
        // As many at once as there may be: 32 in all, 16 of each user.
        Actor[] users = [Actor.New(here), Actor.New(here)];
        var sessions = await Task.WhenAll(users.Select(u => u.SessionPath()));

        var puts = Enumerable
            .Range(0, 32)
            .Select(i => users[i % 2].Put(Path(sessions[i % 2], [(byte)i]), new ByteArrayContent([(byte)i])))
            .ToArray();
        await Until.TrueAsync(
            () => Count(database, "blobs_adrift") == puts.Length,
            "all were on their way to the store"
        );
        var other = await users[0].Get(sessions[0]);
        var refused = await Task.WhenAll(puts).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(other.Status, Is.EqualTo(200), other.Text);
        Assert.That(refused.Select(r => (r.Status, r.Code)), Is.All.EqualTo((503, "unavailable")));
    }

    [Test]
    public async Task What_PostgreSQL_held_before_the_move_is_read_there_and_erased_there()
    {
        await using var before = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(before);
        var session = await user.SessionPath();
        var bytes = RandomNumberGenerator.GetBytes(2 * MiB);
        await user.Put(Path(session, bytes), new ByteArrayContent(bytes));
        var blob = Ask<Guid>("select blob_id from attachments where user_id = @UserId", user);

        var moved = user.At(service);
        var whole = await moved.Download(Path(session, bytes));
        var part = await moved.Download(Path(session, bytes), ("Range", "bytes=262143-700000"));
        var erased = await moved.Delete($"{session}?permanent=true");

        Assert.That(whole.Bytes, Is.EqualTo(bytes));
        Assert.That(part.Bytes, Is.EqualTo(bytes[262143..700001]));
        Assert.That(erased.Status, Is.EqualTo(204));
        Assert.That(Ask<long>("select count(*) from blob_chunks where blob_id = @Blob", new { blob }), Is.Zero);
    }

    [Test]
    [NonParallelizable]
    public async Task A_large_file_is_a_few_questions_and_many_at_once_leave_the_memory_flat()
    {
        await using var way = new TcpProxy(store.Port, askEnd: "\r\n\r\n"u8.ToArray());
        await using var here = await Service.StartAsync([("DATABASE_URL", url), .. store.Settings(way.Port)]);
        var user = Actor.New(here);
        var session = await user.SessionPath();
        var files = Enumerable.Range(0, 20).Select(_ => RandomNumberGenerator.GetBytes(10 * MiB)).ToArray();
        await PutAsync(files[0]);
        var asked = way.RoundTrips;
        await user.Download(Path(session, files[0]));
        asked = way.RoundTrips - asked;
        var before = Memory.OfNow(here.Process);

        await Task.WhenAll(
            files.Select(async bytes =>
            {
                await PutAsync(bytes);
                var got = await user.Download(Path(session, bytes));
                Assert.That(got.Bytes.AsSpan().SequenceEqual(bytes), here.Output);
            })
        );
        var most = Memory.AtMost(here.Process);

        TestContext.Out.WriteLine($"{asked} questions, {before / MiB} MiB before, {most / MiB} MiB at most");
        Assert.That(asked, Is.InRange(10, 12));
        Assert.That((most - before) / MiB, Is.LessThan(150));

        async Task PutAsync(byte[] bytes)
        {
            var put = await user.Put(Path(session, bytes), new ByteArrayContent(bytes));
            Assert.That(put.Status, Is.AnyOf(200, 201), put.Text);
        }
    }

    T Ask<T>(string sql, Actor user) => Ask<T>(sql, new { user.UserId });

    T Ask<T>(string sql, object of)
    {
        using var connection = new NpgsqlConnection(url);
        return connection.ExecuteScalar<T>(sql, of)!;
    }

    static long Count(string url, string from)
    {
        using var connection = new NpgsqlConnection(url);
        return connection.ExecuteScalar<long>($"select count(*) from {from}");
    }

    static string Path(string session, byte[] bytes) =>
        $"{session}/attachments/{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
}
