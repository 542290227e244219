using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>
/// One of a user's devices: it keeps what it does until a batch has told it the verdict, and knows of the sessions only
/// what their changes have told it.
/// </summary>
sealed class Device(Func<HttpMethod, string, string?, Task<Answer?>> send)
{
    static readonly string[] Lists = ["messages", "components", "interactions"];

    readonly Lock door = new();
    readonly List<JsonObject> outbox = [];
    readonly List<long> made = [];
    readonly Dictionary<long, Copy> copies = [];

    /// <summary>What it holds of a session.</summary>
    sealed record Copy(Dictionary<(string Kind, long Id), JsonElement> Rows)
    {
        public long Since { get; set; }
    }

    public int Waiting
    {
        get
        {
            lock (door)
                return outbox.Count;
        }
    }

    /// <summary>Keys of what was applied, by this device's own knowledge.</summary>
    public HashSet<string> Applied { get; } = [];

    public Dictionary<string, int> Verdicts { get; } = [];

    /// <summary>The sessions that its batches have made.</summary>
    public IReadOnlyList<long> Made
    {
        get
        {
            lock (door)
                return [.. made];
        }
    }

    public void Do(JsonObject operation)
    {
        lock (door)
            outbox.Add(operation);
    }

    /// <summary>The ids of live rows that it knows of.</summary>
    public IReadOnlyList<long> Known(long session, string kind)
    {
        lock (door)
            return copies.TryGetValue(session, out var copy)
                ? [.. copy.Rows.Keys.Where(r => r.Kind == kind).Select(r => r.Id)]
                : [];
    }

    public long VersionOf(long session, long component)
    {
        lock (door)
            return copies[session].Rows.TryGetValue(("component", component), out var row)
                ? row.GetProperty("version").GetInt64()
                : 1;
    }

    /// <summary>Sends what waits, oldest first; without an answer everything goes on waiting.</summary>
    public async Task FlushAsync(int atMost)
    {
        JsonObject[] batch;
        lock (door)
            batch = [.. outbox.Take(atMost)];
        if (batch.Length == 0)
            return;
        var answer = await send(
            HttpMethod.Post,
            "/v1/batch",
            $$"""{"operations": [{{string.Join(",", batch.Select(o => o.ToJsonString()))}}]}"""
        );
        if (answer is null or { Status: 503 })
            return;
        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToArray();
        Assert.That(
            results.Select(r => r.GetProperty("key").GetString()),
            Is.EqualTo(batch.Select(o => o["key"]!.GetValue<string>()))
        );
        lock (door)
        {
            outbox.RemoveRange(0, batch.Length);
            foreach (var (operation, result) in batch.Zip(results))
            {
                var verdict = result.GetProperty("verdict").GetString()!;
                Verdicts[verdict] = Verdicts.GetValueOrDefault(verdict) + 1;
                if (verdict is "applied" or "replayed" or "merged")
                    Applied.Add(result.GetProperty("key").GetString()!);
                if (
                    (string?)operation["type"] == "create_session"
                    && result.TryGetProperty("resource", out var session)
                )
                    made.Add(session.GetProperty("id").GetInt64());
            }
        }
    }

    /// <summary>Follows a session's changes for some pages; true when it stands at the head.</summary>
    public async Task<bool> CatchUpAsync(long session, int limit, int pages)
    {
        Copy copy;
        lock (door)
            if (!copies.TryGetValue(session, out copy!))
                copies[session] = copy = new Copy([]);
        for (var page = 0; page < pages; page++)
        {
            var answer = await send(
                HttpMethod.Get,
                $"/v1/sessions/{session}/changes?since={copy.Since}&limit={limit}",
                null
            );
            if (answer is null or { Status: 503 })
                return false;
            if (answer.Status == 404)
            {
                // In the trash; what it knew is of no use until it comes back, and then it starts anew.
                lock (door)
                    copies.Remove(session);
                return true;
            }
            Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
            Learn(copy, answer.Json);
            if (!answer.Json.GetProperty("has_more").GetBoolean())
                return true;
        }
        return false;
    }

    void Learn(Copy copy, JsonElement page)
    {
        lock (door)
        {
            Assert.That(page.GetProperty("revision").GetInt64(), Is.GreaterThanOrEqualTo(copy.Since));
            foreach (var list in Lists)
            foreach (var row in page.GetProperty(list).EnumerateArray())
                Take(copy, (list.TrimEnd('s'), row.GetProperty("id").GetInt64()), row);
            if (page.GetProperty("session") is { ValueKind: JsonValueKind.Object } session)
                Take(copy, ("session", session.GetProperty("id").GetInt64()), session);
            foreach (var gone in page.GetProperty("deleted").EnumerateArray())
                copy.Rows.Remove((gone.GetProperty("kind").GetString()!, gone.GetProperty("id").GetInt64()));
            copy.Since = page.GetProperty("revision").GetInt64();
        }
    }

    static void Take(Copy copy, (string, long) name, JsonElement row)
    {
        if (
            !copy.Rows.TryGetValue(name, out var known)
            || known.GetProperty("revision").GetInt64() <= row.GetProperty("revision").GetInt64()
        )
            copy.Rows[name] = row;
    }

    /// <summary>The digest of what it holds, as the contract spells it; null when it holds nothing.</summary>
    public string? Digest(long session)
    {
        lock (door)
        {
            if (!copies.TryGetValue(session, out var copy))
                return null;
            var lines = new StringBuilder();
            foreach (var kind in (string[])["session", "message", "component", "interaction"])
            foreach (var (name, row) in copy.Rows.Where(r => r.Key.Kind == kind).OrderBy(r => r.Key.Id))
                lines.Append(
                    CultureInfo.InvariantCulture,
                    $"{kind} {name.Id} {row.GetProperty("revision").GetInt64()}\n"
                );
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
        }
    }

    /// <summary>The live rows of a kind that it holds, by id, as they came.</summary>
    public IReadOnlyList<string> Rows(long session, string kind)
    {
        lock (door)
            return
            [
                .. copies[session]
                    .Rows.Where(r => r.Key.Kind == kind)
                    .OrderBy(r => r.Key.Id)
                    .Select(r => r.Value.GetRawText()),
            ];
    }

    /// <summary>At most one component is the current one, in everything it ever holds between pages.</summary>
    public int CurrentComponents(long session)
    {
        lock (door)
            return copies.TryGetValue(session, out var copy)
                ? copy.Rows.Count(r => r.Key.Kind == "component" && r.Value.GetProperty("is_current").GetBoolean())
                : 0;
    }
}
