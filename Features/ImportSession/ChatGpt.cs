using System.Text.Json;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>
/// ChatGPT's conversations.json: of each tree the path that was shown, which ends at current_node; what was not shown, or
/// was said to and by tools, is left out.
/// </summary>
static class ChatGpt
{
    public const string Name = "chatgpt";

    public static IEnumerable<Conversation> Find(JsonElement conversation, SkipList skipped)
    {
        if (conversation.Member("chat") is not null || conversation.Member("history") is not null)
            throw new BadFileException("(file)", "looks like an export of Open WebUI: try format=open-webui");
        if (conversation.Member("mapping") is not { ValueKind: JsonValueKind.Object } mapping)
        {
            skipped.Add("conversation without messages");
            yield break;
        }
        var tree = new MessageTree(
            mapping.EnumerateObject().Select(node => (node.Name, node.Value, node.Value.Text("parent")))
        );
        var shown = tree.PathTo(conversation.Text("current_node"), skipped);
        yield return new Conversation
        {
            Id = conversation.Text("conversation_id") ?? conversation.Text("id"),
            Title = conversation.Text("title"),
            IsActive = !conversation.Is("is_archived"),
            CreatedAt = conversation.EpochSeconds("create_time"),
            UpdatedAt = conversation.EpochSeconds("update_time"),
            Messages = [.. shown.Select(node => Read(node.Member("message"), skipped)).OfType<Said>()],
        };
    }

    static Said? Read(JsonElement? node, SkipList skipped)
    {
        // The root says nothing.
        if (node is not { } message)
            return null;
        var role = message.Member("author")?.Text("role");
        var metadata = message.Member("metadata");
        if (
            metadata?.Is("is_visually_hidden_from_conversation") is true
            || message.Member("weight") is { ValueKind: JsonValueKind.Number } weight && weight.GetDouble() == 0
        )
            return skipped.Add<Said>("message that was not shown");
        if (role is not ("user" or "assistant"))
            return skipped.Add<Said>("message of a tool or of the system");
        if (message.Text("recipient") is { } recipient and not "all")
            return skipped.Add<Said>("call to a tool");
        var text = message.Member("content") is { } content ? Text(content, skipped) : "";
        return text.Length == 0
            ? skipped.Add<Said>("message without text")
            : new Said(
                message.Text("id"),
                role,
                text,
                message.EpochSeconds("create_time"),
                metadata?.Text("model_slug")
            );
    }

    static string Text(JsonElement content, SkipList skipped)
    {
        switch (content.Text("content_type"))
        {
            case "text" or "multimodal_text":
                var texts = new List<string>();
                foreach (var part in content.Items("parts"))
                    if (part.Text() is { } text)
                        texts.Add(text);
                    else
                        skipped.Add("part of a message that is no text");
                return string.Join("\n\n", texts.Where(t => t.Length > 0));
            case "code":
                return $"```{Language(content)}\n{content.Text("text")}\n```";
            default:
                return content.Text("text") ?? "";
        }
    }

    static string? Language(JsonElement content) =>
        content.Text("language") is { } language and not "unknown" ? language : null;
}
