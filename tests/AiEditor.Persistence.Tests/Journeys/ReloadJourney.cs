using System.IO.Compression;
using System.Text;
using AiEditor.Persistence.Tests.Support;
using Dapper;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>What is remembered of a session that was loaded: never more than the database says is true now.</summary>
public sealed class ReloadJourney
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task Nothing_but_the_session_itself_is_read_again()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(service);
        var session = await FilledAsync(user);
        var first = await user.Get(session);
        await using var behind = await TestCluster.OpenAsync(url);
        await using var transaction = await behind.BeginTransactionAsync();
        // Whoever asked for a row of these would wait.
        await behind.ExecuteAsync("lock table chat_messages, components, interactions in access exclusive mode");

        var again = await user.Get(session);

        Assert.That((again.Status, again.Text), Is.EqualTo((200, first.Text)));
        Assert.That(again.Headers["ETag"], Is.EqualTo(first.Headers["ETag"]));
        Assert.That(again.Headers["Content-Type"], Is.EqualTo(first.Headers["Content-Type"]));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Every_row_is_spelt_as_its_own_route_spells_it(bool filled)
    {
        var session = filled ? await FilledAsync(user) : await RichSession.MakeAsync(user);

        await AssertSpeltAlikeAsync(user, session, "messages", "components", "interactions");
    }

    [Test]
    public async Task Texts_that_outgrow_every_buffer_and_times_of_every_length_are_spelt_alike_too()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var controls = string.Concat(Enumerable.Range(1, 31).Select(c => (char)c));
        // Around a power of two, where a buffer is exactly full, and with escapes at none, the last and all of the places.
        foreach (var length in (int[])[1, 131_060, 131_071, 131_072, 131_073, 262_144, 700_000])
        foreach (var content in (string[])[new('x', length), new string('x', length - 1) + '"', new('\n', length)])
            await user.Message(session, content);
        await user.Message(session, controls + "\"\\/<>&'\u007f\u2028🎨" + controls);
        await using var behind = await TestCluster.OpenAsync(url);
        await behind.ExecuteAsync(
            """
            update chat_messages
            set created_at = '2026-01-02 03:04:05+00'::timestamptz
              + (array[0, 100000, 120000, 1, 999999, 10])[id % 6 + 1] * interval '1 microsecond'
            """
        );

        await AssertSpeltAlikeAsync(user, session, "messages");
    }

    [Test]
    public async Task Each_session_gets_its_own_body_however_many_took_one_anothers_place()
    {
        var random = new Random(7);
        var sessions = new List<(string Path, string Text)>();
        // 23 MiB, in which neither 16 MiB nor one another's sizes go evenly.
        for (var i = 0; i < 14; i++)
        {
            var session = await user.SessionPath($"{i}");
            for (var n = 0; n < 2; n++)
                await user.Message(session, Convert.ToHexString(RandomBytes(350_000 + 7_919 * i)));
            sessions.Add((session, (await user.Get(session)).Text));
        }

        for (var round = 0; round < 60; round++)
        {
            var (session, text) = sessions[random.Next(round % 2 == 0 ? 4 : sessions.Count)];
            Assert.That((await user.Get(session)).Text, Is.EqualTo(text), $"round {round}");
        }

        byte[] RandomBytes(int count)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Test]
    public async Task What_is_written_at_another_instance_shows_at_once()
    {
        await using var there = await Service.StartAsync(("DATABASE_URL", TestCluster.Url));
        var session = await FilledAsync(user);

        for (var i = 0; i < 5; i++)
        {
            var before = await user.Get(session);
            await user.At(there).Message(session, $"{i}");
            var after = await user.Get(session);

            Assert.That(Count(after), Is.EqualTo(Count(before) + 1));
        }

        static int Count(Answer answer) => answer.Json.GetProperty("messages").GetArrayLength();
    }

    [Test]
    public async Task A_session_that_is_remembered_is_still_only_its_owners_and_only_while_it_lives()
    {
        var session = await FilledAsync(user);
        var loaded = await user.Get(session);

        var foreign = await Actor.New().Get(session);
        await user.Delete(session);
        var trashed = await user.Get(session);
        await user.Post($"{session}/restore");
        var restored = await user.Get(session);

        Assert.That((foreign.Status, trashed.Status, restored.Status), Is.EqualTo((404, 404, 200)));
        Assert.That(
            restored.Json.GetProperty("messages").GetRawText(),
            Is.EqualTo(loaded.Json.GetProperty("messages").GetRawText())
        );
    }

    [Test]
    public async Task A_history_of_the_same_length_that_went_otherwise_is_noticed()
    {
        var url = await TestCluster.CreateDatabaseAsync();
        await using var service = await Service.StartAsync(("DATABASE_URL", url));
        var user = Actor.New(service);
        var session = await user.SessionPath();
        await user.Message(session, "lost");
        await user.Get(session);
        // As after a failover to a standby that had not heard of it, and heard of something else since.
        await using var behind = await TestCluster.OpenAsync(url);
        await behind.ExecuteAsync(
            "update chat_messages set content = 'other'; update sessions set updated_at = updated_at + interval '1 second'"
        );

        var answer = await user.Get(session);

        Assert.That(answer.Json.GetProperty("messages")[0].GetProperty("content").GetString(), Is.EqualTo("other"));
    }

    [TestCase("gzip", "gzip")]
    [TestCase("br", "br")]
    [TestCase("gzip, deflate, br, zstd", "br")]
    [TestCase("gzip;q=0.8, br;q=0.5", "gzip")]
    [TestCase("gzip;q=0, br;q=0", null)]
    [TestCase("zstd, gzip;q=0.9", "gzip")]
    [TestCase("identity, br;q=0.5", null)]
    [TestCase("deflate", null)]
    [TestCase("*", null)]
    [TestCase("identity", null)]
    public async Task It_is_compressed_for_those_who_ask(string accepted, string? expected)
    {
        var session = await FilledAsync(user);
        var plain = await user.Get(session);

        var first = await user.Download(session, ("Accept-Encoding", accepted));
        var again = await user.Download(session, ("Accept-Encoding", accepted));

        foreach (
            var answer in ((int Status, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)[])[first, again]
        )
        {
            Assert.That(answer.Headers.GetValueOrDefault("Content-Encoding"), Is.EqualTo(expected));
            Assert.That(answer.Headers["Vary"], Does.Contain("Accept-Encoding"));
            Assert.That(answer.Headers["ETag"], Is.EqualTo(plain.Headers["ETag"]));
            Assert.That(Decoded(answer.Bytes, expected), Is.EqualTo(plain.Text));
        }
    }

    [Test]
    public async Task What_is_remembered_stays_within_its_bounds()
    {
        // 16 MiB of bodies may be remembered; more than 200 MiB are loaded.
        await using var service = await Service.StartAsync(Memory.Heap(160));
        var user = Actor.New(service);
        for (var i = 0; i < 150; i++)
        {
            var session = await user.SessionPath();
            for (var n = 0; n < 2; n++)
                await user.Message(session, new string((char)('a' + (i % 26)), 700_000));

            Assert.That((await user.Get(session)).Status, Is.EqualTo(200));
        }
    }

    // Three short messages, and so many of 6 MiB each on the wire: 144 at the most, more than the heap has beside its own.
    [TestCase(24, 1000)]
    [TestCase(6, 9)]
    [TestCase(6, 8)]
    [TestCase(6, 3)]
    public async Task A_session_too_long_for_memory_is_sent_piece_by_piece(int count, int limit)
    {
        await using var service = await Service.StartAsync([("DATABASE_URL", TestCluster.Url), .. Memory.Heap(160)]);
        var session = await FilledAsync(user);
        for (var i = 0; i < count; i++)
            await user.Message(session, new string('\u0001', 1 << 20));
        var listed = await ListedAsync(session);

        var loaded = await user.At(service).Get($"{session}?limit={limit}");

        Assert.That(loaded.Status, Is.EqualTo(200));
        var revision = loaded.Json.GetProperty("session").GetProperty("revision").GetInt64();
        Assert.That(loaded.Headers["ETag"], Is.EqualTo($"W/\"{revision}\""));
        Assert.That(Ids(loaded.Json, "messages"), Is.EqualTo(listed.TakeLast(limit)));
        Assert.That(
            (Ids(loaded.Json, "components").Length, Ids(loaded.Json, "interactions").Length),
            Is.EqualTo((2, 2))
        );
        Assert.That(loaded.Json.GetProperty("older_interactions_cursor").GetString(), Is.Null);
        var cursor = loaded.Json.GetProperty("older_messages_cursor").GetString();
        Assert.That(cursor is not null, Is.EqualTo(listed.Length > limit));
        if (cursor is not null)
            Assert.That(
                Ids((await user.Get($"{session}/messages?limit=1&cursor={cursor}")).Json, "items"),
                Is.EqualTo(new[] { listed[^(limit + 1)] })
            );
        // And what was cut short there leaves a connection that serves the next.
        Assert.That((await user.At(service).Get($"{session}?limit=1")).Status, Is.EqualTo(200));
    }

    async Task<long[]> ListedAsync(string session)
    {
        await using var behind = await TestCluster.OpenAsync();
        var id = long.Parse(session.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        return
        [
            .. await behind.QueryAsync<long>(
                "select id from chat_messages where session_id = @id and deleted_at is null order by id",
                new { id }
            ),
        ];
    }

    static long[] Ids(System.Text.Json.JsonElement answer, string list) =>
        [.. answer.GetProperty(list).EnumerateArray().Select(item => item.GetProperty("id").GetInt64())];

    static async Task AssertSpeltAlikeAsync(Actor user, string session, params string[] lists)
    {
        var loaded = (await user.Get(session)).Json;
        foreach (var list in lists)
        {
            Assert.That(loaded.GetProperty(list).GetArrayLength(), Is.Positive);
            foreach (var item in loaded.GetProperty(list).EnumerateArray())
                Assert.That(
                    item.GetRawText(),
                    Is.EqualTo((await user.Get($"{session}/{list}/{item.GetProperty("id").GetInt64()}")).Text)
                );
        }
    }

    static async Task<string> FilledAsync(Actor user)
    {
        var session = await user.SessionPath("\"Quoted\" \\ and ü 🎨");
        foreach (var content in (string[])["Hi\n\t\"there\"\\ \u0001 \u2028", "🎨 ü", new('x', 2000)])
            await user.Post(
                $"{session}/messages",
                new
                {
                    role = "user",
                    content,
                    metadata = new { n = 1.50m, deep = new { list = new[] { "a\n", "🎨" } } },
                }
            );
        for (var i = 0; i < 2; i++)
        {
            await user.Component(session);
            await user.Interaction(session);
        }
        return session;
    }

    static string Decoded(byte[] bytes, string? coding)
    {
        using var encoded = new MemoryStream(bytes);
        using Stream stream = coding switch
        {
            "gzip" => new GZipStream(encoded, CompressionMode.Decompress),
            "br" => new BrotliStream(encoded, CompressionMode.Decompress),
            _ => encoded,
        };
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
