using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Features;

public sealed class GetDigestTests
{
    readonly Actor user = Actor.New();

    [Test]
    public async Task The_digest_is_the_hash_of_the_contracts_lines_over_what_lives()
    {
        var session = await user.SessionPath();
        var gone = await user.Message(session);
        await user.Component(session, "Before");
        await user.Interaction(session);
        await user.Component(session, "After");
        await user.Message(session, "stays");
        await user.Delete($"{session}/messages/{gone.GetProperty("id")}");

        var digest = await user.Get($"{session}/digest");

        var loaded = (await user.Get(session)).Json;
        var lines = new StringBuilder();
        void Add(string kind, System.Text.Json.JsonElement row) =>
            lines.Append(
                CultureInfo.InvariantCulture,
                $"{kind} {row.GetProperty("id")} {row.GetProperty("revision")}\n"
            );
        Add("session", loaded.GetProperty("session"));
        foreach (var kind in (string[])["message", "component", "interaction"])
        foreach (var row in loaded.GetProperty(kind + "s").EnumerateArray())
            Add(kind, row);
        Assert.That(lines.ToString().Split('\n'), Has.Length.EqualTo(6));
        Assert.That(digest.Json.GetProperty("revision").GetInt64(), Is.EqualTo(7));
        Assert.That(
            digest.Json.GetProperty("sha256").GetString(),
            Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString()))))
        );
    }

    [Test]
    public async Task An_empty_session_has_a_digest_of_its_own_line_and_one_in_the_trash_has_none()
    {
        var session = await user.SessionPath();
        var line = $"session {session.Split('/')[^1]} 1\n";

        var digest = await user.Get($"{session}/digest");
        await user.Trash(session);
        var trashed = await user.Get($"{session}/digest");

        Assert.That(
            digest.Json.GetProperty("sha256").GetString(),
            Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line))))
        );
        Assert.That(trashed.Status, Is.EqualTo(404));
    }
}
