using System.Text.Json;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>Open WebUI's chats: rows with a chat inside, or the chat itself; the path shown ends at history.currentId.</summary>
static class OpenWebUi
{
    public const string Name = "open-webui";

    public static IEnumerable<Conversation> Find(JsonElement row, SkipList skipped)
    {
        if (row.Member("mapping") is not null)
            throw new BadFileException("(file)", "looks like an export of ChatGPT: try format=chatgpt");
        var chat = row.Member("chat") ?? row;
        yield return new Conversation
        {
            Id = row.Text("id") ?? chat.Text("id"),
            Title = row.Text("title") ?? chat.Text("title"),
            IsActive = !row.Is("archived"),
            CreatedAt = row.EpochSeconds("created_at") ?? chat.EpochMilliseconds("timestamp"),
            UpdatedAt = row.EpochSeconds("updated_at"),
            Messages = [.. Shown(chat, skipped).Select(message => Read(message, skipped)).OfType<Said>()],
        };
    }

    /// <summary>The flat list may be stale: the tree is asked first.</summary>
    static IEnumerable<JsonElement> Shown(JsonElement chat, SkipList skipped) =>
        chat.Member("history") is { } history
        && history.Member("messages") is { ValueKind: JsonValueKind.Object } messages
            ? new MessageTree(
                messages.EnumerateObject().Select(m => (m.Name, m.Value, m.Value.Text("parentId")))
            ).PathTo(history.Text("currentId"), skipped)
            : chat.Items("messages");

    static Said? Read(JsonElement message, SkipList skipped)
    {
        var role = message.Text("role");
        if (role is not ("user" or "assistant"))
            return skipped.Add<Said>("message of a tool or of the system");
        foreach (var _ in message.Items("files"))
            skipped.Add("file that is not in the export");
        foreach (var _ in message.Items("sources"))
            skipped.Add("source of an answer");
        var text = message.Text("content") is { Length: > 0 } content ? content : Output(message, skipped);
        return text.Length == 0
            ? skipped.Add<Said>("message without text")
            : new Said(message.Text("id"), role, text, message.EpochSeconds("timestamp"), message.Text("model"));
    }

    /// <summary>The newest versions keep an answer as typed items.</summary>
    static string Output(JsonElement message, SkipList skipped)
    {
        var texts = new List<string>();
        foreach (var item in message.Items("output"))
            if (item.Text("type") == "message")
                texts.AddRange(item.Items("content").Select(part => part.Text("text")).OfType<string>());
            else
                skipped.Add("reasoning or call to a tool");
        return string.Join("\n\n", texts);
    }
}
