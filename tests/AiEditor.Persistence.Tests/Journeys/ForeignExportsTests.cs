using System.Text;
using System.Text.Json;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>What users of other tools bring: every example we have, and what such files may do wrong.</summary>
public sealed class ForeignExportsTests
{
    static readonly JsonSerializerOptions Deep = new() { MaxDepth = 10_000 };

    // The same conversation, as several tools keep it.
    const string Fuel =
        "What is the fuel c | The fuel consumpti | What about 10 year | The fuel consumpti | Is it for fully lo | The fuel consumpti";
    const string Photosynthesis =
        "Can you explain ho | Photosynthesis is  | Why is sunlight im | Sunlight is import | What is an ecosyst | An ecosystem is a  | Are ponds sentient | No, ponds are not  | What about forests | Forests, like pond";

    readonly Actor user = Actor.New();

    [TestCase(
        "chatgpt",
        "chatgpt/librechat-fixture-chatgpt-export.json",
        "message that was not shown: 7, call to a tool: 4",
        Fuel,
        "In programming how | To find the point  | give me code in C# | Certainly! Here's "
    )]
    [TestCase(
        "chatgpt",
        "chatgpt/librechat-fixture-chatgpt-tree.json",
        "message on another branch: 5, message that was not shown: 1",
        "hi there | Hello! How can I a | hi again | Hey! Welcome back. | tell me a joke | Sure, here's one f"
    )]
    [TestCase(
        "chatgpt",
        "chatgpt/librechat-fixture-chatgpt-modern-export.json",
        "message that was not shown: 1, conversation without messages: 1",
        "How do I roll back | Run `helm rollback | And if that fails? | Restore from the l",
        "Something with anc | Puttanesca."
    )]
    [TestCase(
        "chatgpt",
        "chatgpt/openwebui-importer-gpt_example.json",
        "message that was not shown: 2",
        Photosynthesis
    )]
    [TestCase("librechat", "librechat/librechat-linear.json", "", "tell me a long sto | Of course! Here’s ")]
    [TestCase(
        "librechat",
        "librechat/librechat-opts-nonr-branches.json",
        "message on another branch: 3",
        "tell me a long lon | Of course! Here’s "
    )]
    [TestCase(
        "librechat",
        "librechat/librechat-tree.json",
        "message on another branch: 5",
        "How do I use sourc | It looks like you' | lol | It looks like you "
    )]
    [TestCase("librechat", "librechat/librechat-export.json", "", Fuel)]
    [TestCase("librechat", "librechat/librechat-export.messagesTree.json", "", Fuel)]
    [TestCase(
        "open-webui",
        "open-webui/openwebui-export.json",
        "",
        "What is 15 * 17? | <details type=\"rea",
        "What's the weather | <details type=\"too",
        "Hello | Hi there!"
    )]
    [TestCase("open-webui", "open-webui/inner-chat-object.json", "", "what was the rulin | The principle you'")]
    [TestCase("open-webui", "open-webui/importer-expected-chatgpt_output.json", "", Photosynthesis)]
    public async Task Every_example_becomes_sessions(
        string format,
        string file,
        string skipped,
        params string[] conversations
    )
    {
        var bytes = RealData.Bytes($"foreign-exports/{file}");

        var import = await Import(format, bytes);

        Assert.That(import.Status, Is.EqualTo(201), import.Text);
        Assert.That(Skipped(import), Is.EqualTo(skipped));
        var told = new List<string>();
        var source = Texts(JsonDocument.Parse(bytes).RootElement).ToHashSet();
        foreach (var session in import.Json.GetProperty("sessions").EnumerateArray())
        {
            var path = $"/v1/sessions/{session.GetProperty("id").GetInt64()}";
            var said = (await user.Get($"{path}?limit=1000")).Json.GetProperty("messages").EnumerateArray().ToArray();
            told.Add(string.Join(" | ", said.Select(m => Start(Content(m)))));
            // In every example the user and the assistant take turns.
            Assert.That(
                said.Select(m => m.GetProperty("role").GetString()),
                Is.EqualTo(said.Select((_, i) => i % 2 == 0 ? "user" : "assistant"))
            );
            var times = said.Select(m => m.GetProperty("created_at").GetDateTime()).ToArray();
            Assert.That(times, Is.All.InRange(new DateTime(2022, 1, 1), new DateTime(2026, 1, 1)));
            Assert.That(session.GetProperty("title").GetString(), Is.Not.Empty);
            // The source's text is found word for word in what was kept of it.
            Assert.That(said.Select(Content).Where(c => !source.Contains(c)), Is.Empty);
            await AssertComesBackAsync(path);
        }
        Assert.That(told, Is.EqualTo(conversations));
    }

    /// <summary>From here on it is a session like any other: out, in again, and out it is the same.</summary>
    async Task AssertComesBackAsync(string session)
    {
        var original = await Archive.ExportAsync(user, session);
        var import = await user.Post("/v1/sessions/import", Archive.Content(original.Bytes()));
        Assert.That(import.Status, Is.EqualTo(201), import.Text);
        var copy = await Archive.ExportAsync(user, import.Headers["Location"]);
        Assert.That(copy.Comparable(), Is.EqualTo(original.Comparable()));
    }

    static string Content(JsonElement message) => message.GetProperty("content").GetString()!;

    /// <summary>Enough of it to be recognised.</summary>
    static string Start(string content) => content[..Math.Min(content.Length, 18)];

    [Test]
    public async Task A_chat_of_bolt_brings_its_components_with_their_versions_and_its_pictures()
    {
        var picture = Convert.ToBase64String(RichSession.Picture);
        var import = await Import(
            "bolt",
            Bytes(
                new
                {
                    description = "Red button",
                    exportDate = "2025-01-01T00:01:00.000Z",
                    messages = new object[]
                    {
                        new
                        {
                            id = "1735689600000",
                            role = "user",
                            content = "[Model: some-model]\n\n[Provider: SomeProvider]\n\nA red button",
                            createdAt = "2025-01-01T00:00:00.000Z",
                            experimental_attachments = new object[]
                            {
                                new
                                {
                                    name = "a.png",
                                    contentType = "image/png",
                                    url = $"data:image/png;base64,{picture}",
                                },
                                new
                                {
                                    name = "b.png",
                                    contentType = "image/png",
                                    url = "https://example.com/b.png",
                                },
                            },
                        },
                        Reply(
                            """
                            Here it is.
                            <boltArtifact id="red-button" title="Red button">
                            <boltAction type="file" filePath="src/App.jsx">
                            export default () => <button className="red">OK</button>
                            </boltAction>
                            <boltAction type="file" filePath="src/App.css">.red { color: red }</boltAction>
                            <boltAction type="file" filePath="package.json">{}</boltAction>
                            <boltAction type="start">npm run dev</boltAction>
                            </boltArtifact>
                            """
                        ),
                        new
                        {
                            role = "user",
                            content = "invisible",
                            annotations = new[] { "hidden" },
                        },
                        Reply(
                            """
                            <boltArtifact id="red-button" title="Red button"><boltAction type="file" filePath="src/App.jsx">
                            ```jsx
                            export default () => &lt;b/&gt;
                            ```
                            </boltAction><boltAction type="file" filePath="src/Cut.tsx">half a
                            """
                        ),
                    },
                }
            )
        );
        var loaded = (await user.Get($"{import.Headers["Location"]}?limit=10")).Json;
        var component = loaded.GetProperty("components").EnumerateArray().Single();
        var first = await user.Get(
            $"{import.Headers["Location"]}/components/{component.GetProperty("id").GetInt64()}/versions/1"
        );
        var attachment = loaded.GetProperty("messages")[0].GetProperty("attachments")[0];

        Assert.That(import.Status, Is.EqualTo(201), import.Text);
        Assert.That(
            Skipped(import),
            Is.EqualTo(
                "file that is not in the export: 1, message that was not shown: 1, file that is no component: 1, "
                    + "command or query in a message: 1, file that breaks off: 1"
            )
        );
        Assert.That(loaded.GetProperty("messages")[0].GetProperty("content").GetString(), Is.EqualTo("A red button"));
        Assert.That(
            loaded.GetProperty("messages")[0].GetProperty("metadata").GetRawText(),
            Is.EqualTo("""{"source":"bolt","source_id":"1735689600000","model":"some-model"}""")
        );
        Assert.That(component.GetProperty("name").GetString(), Is.EqualTo("src/App.jsx"));
        Assert.That(component.GetProperty("jsx_code").GetString(), Is.EqualTo("export default () => <b/>\n"));
        Assert.That(component.GetProperty("css_code").GetString(), Is.EqualTo(".red { color: red }\n"));
        Assert.That(component.GetProperty("version").GetInt64(), Is.EqualTo(3));
        Assert.That(component.GetProperty("is_current").GetBoolean(), Is.True);
        Assert.That(
            first.Json.GetProperty("jsx_code").GetString(),
            Is.EqualTo("export default () => <button className=\"red\">OK</button>\n")
        );
        Assert.That(attachment.GetProperty("name").GetString(), Is.EqualTo("a.png"));
        Assert.That(
            (
                await user.Download(
                    $"{import.Headers["Location"]}/attachments/{attachment.GetProperty("sha256").GetString()}"
                )
            ).Bytes,
            Is.EqualTo(RichSession.Picture)
        );
        await AssertComesBackAsync(import.Headers["Location"]);
    }

    [Test]
    public async Task Many_chats_of_bolt_are_many_sessions_and_a_key_finds_them_all_again()
    {
        var bytes = Bytes(
            new
            {
                chats = Enumerable
                    .Range(1, 3)
                    .Select(i => new
                    {
                        id = $"{i}",
                        description = $"Chat {i}",
                        messages = new[] { new { role = "user", content = $"Hello {i}" } },
                    }),
            }
        );
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");

        var import = await Import("bolt", bytes, key);
        var again = await Import("bolt", bytes, key);

        Assert.That(import.Status, Is.EqualTo(201), import.Text);
        Assert.That(
            import.Json.GetProperty("sessions").EnumerateArray().Select(s => s.GetProperty("title").GetString()),
            Is.EqualTo(new[] { "Chat 1", "Chat 2", "Chat 3" })
        );
        Assert.That((again.Text, again.Replayed), Is.EqualTo((import.Text, true)));
    }

    [Test]
    public async Task What_cannot_be_stored_is_left_out_and_told()
    {
        var import = await Import(
            "librechat",
            Bytes(
                new
                {
                    title = new string('x', 300),
                    messages = new object[]
                    {
                        Message("1", null, "fine"),
                        Message("2", "1", "with \0 in it"),
                        Message("3", "2", new string('x', 1024 * 1024 + 1)),
                        Message("4", "3", "fine, too"),
                    },
                }
            )
        );

        Assert.That(import.Status, Is.EqualTo(201), import.Text);
        Assert.That(import.Json.GetProperty("session").GetProperty("title").GetString(), Has.Length.EqualTo(255));
        Assert.That(import.Json.GetProperty("counts").GetProperty("messages").GetInt64(), Is.EqualTo(2));
        Assert.That(Skipped(import), Does.Match("^message: content .*: 1, message: content .*: 1$"));
    }

    [Test]
    public async Task Half_an_emoji_that_JavaScript_let_through_becomes_the_replacement_character()
    {
        var import = await Import(
            "librechat",
            Encoding.UTF8.GetBytes("""{"title": "\ud83d", "messages": [{"text": "a\\\ud83d b \ud83d\ude00 \udc00"}]}""")
        );
        var messages = (await user.Get($"{import.Headers["Location"]}")).Json.GetProperty("messages");

        Assert.That(messages[0].GetProperty("content").GetString(), Is.EqualTo("a\\\ufffd b \U0001F600 \ufffd"));
    }

    [Test]
    public async Task A_conversation_nested_a_thousand_deep_is_read_to_its_end()
    {
        object message = Message("1000", null, "1000");
        for (var i = 999; i > 0; i--)
            message = new
            {
                messageId = $"{i}",
                text = $"{i}",
                children = new[] { message },
            };

        var import = await Import(
            "librechat",
            JsonSerializer.SerializeToUtf8Bytes(new { title = "Deep", messagesTree = new[] { message } }, Deep)
        );

        Assert.That(import.Status, Is.EqualTo(201), import.Text);
        Assert.That(import.Json.GetProperty("counts").GetProperty("messages").GetInt64(), Is.EqualTo(1000));
    }

    Task<Answer> Import(string format, byte[] bytes, params (string, string)[] headers) =>
        user.Post($"/v1/sessions/import?format={format}", Archive.Content(bytes, "application/json"), headers);

    static object Reply(string content) => new { role = "assistant", content };

    static object Message(string id, string? parent, string text) =>
        new
        {
            messageId = id,
            parentMessageId = parent,
            text,
        };

    static byte[] Bytes(object file) => JsonSerializer.SerializeToUtf8Bytes(file);

    static string Skipped(Answer import) =>
        string.Join(
            ", ",
            import
                .Json.GetProperty("counts")
                .GetProperty("skipped")
                .EnumerateArray()
                .Select(s => $"{s.GetProperty("reason").GetString()}: {s.GetProperty("count").GetInt64()}")
        );

    static IEnumerable<string> Texts(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => [element.GetString()!],
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
            JsonValueKind.Object => element.EnumerateObject().SelectMany(m => Texts(m.Value)),
            _ => [],
        };
}
