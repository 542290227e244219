using System.Text.Json;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>
/// LibreChat's conversations, a flat list or a nested one. An export does not say which branch was shown; the one with
/// the last message is taken.
/// </summary>
static class LibreChat
{
    public const string Name = "librechat";

    public static IEnumerable<Conversation> Find(JsonElement conversation, SkipList skipped)
    {
        var messages = Flat((conversation.Member("messagesTree") ?? conversation.Member("messages")).Items());
        var shown = new MessageTree(messages).PathTo(null, skipped);
        yield return new Conversation
        {
            Id = conversation.Text("conversationId"),
            Title = conversation.Text("title"),
            Messages = [.. shown.Select(message => Read(message, skipped)).OfType<Said>()],
        };
    }

    /// <summary>In the order in which they were written; by hand, for they may be nested deeper than calls can be.</summary>
    static IEnumerable<(string Id, JsonElement Message, string? Parent)> Flat(IEnumerable<JsonElement> roots)
    {
        var waiting = new Stack<(JsonElement Message, string? Parent)>(roots.Reverse().Select(m => (m, (string?)null)));
        var number = 0;
        while (waiting.TryPop(out var next))
        {
            var id = next.Message.Text("messageId") ?? $"{number++}";
            yield return (id, next.Message, next.Message.Text("parentMessageId") ?? next.Parent);
            foreach (var child in next.Message.Items("children").Reverse())
                waiting.Push((child, id));
        }
    }

    static Said? Read(JsonElement message, SkipList skipped)
    {
        var isUser =
            message.Is("isCreatedByUser")
            || string.Equals(message.Text("sender"), "user", StringComparison.OrdinalIgnoreCase);
        foreach (var _ in message.Items("files").Concat(message.Items("attachments")))
            skipped.Add("file that is not in the export");
        var text = message.Text("text") is { Length: > 0 } plain ? plain : Content(message, skipped);
        return text.Length == 0
            ? skipped.Add<Said>("message without text")
            : new Said(
                message.Text("messageId"),
                isUser ? "user" : "assistant",
                text,
                message.Time("createdAt"),
                isUser ? null : message.Text("model") ?? message.Text("sender")
            );
    }

    static string Content(JsonElement message, SkipList skipped)
    {
        var texts = new List<string>();
        foreach (var part in message.Items("content"))
            if (part.Text("type") == "text" && (part.Text("text") ?? part.Member("text")?.Text("value")) is { } text)
                texts.Add(text);
            else
                skipped.Add("part of a message that is no text");
        return string.Join("\n\n", texts);
    }
}
