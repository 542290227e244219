using System.Text.Json;
using System.Text.RegularExpressions;
using AiEditor.Persistence.Infrastructure.Attachments;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>
/// bolt.diy's chats, one or many. What the assistant wrote into files is in its messages; files that are components become
/// components, with a version for every time they were written.
/// </summary>
static partial class Bolt
{
    public const string Name = "bolt";
    const int FilesAtMost = 64;

    public static IEnumerable<Conversation> Find(JsonElement file, SkipList skipped) =>
        (file.Member("chats") is { } chats ? ((JsonElement?)chats).Items() : [file]).Select(chat =>
            Read(chat, skipped)
        );

    static Conversation Read(JsonElement chat, SkipList skipped)
    {
        Said[] messages = [.. chat.Items("messages").Select(message => Said(message, skipped)).OfType<Said>()];
        var updatedAt = chat.Time("timestamp") ?? chat.Time("exportDate");
        var workbench = new Workbench(updatedAt ?? DateTime.UtcNow, skipped);
        foreach (var message in messages)
            workbench.Read(message);
        return new Conversation
        {
            Id = chat.Text("id"),
            Title = chat.Text("description"),
            CreatedAt = messages.Select(m => m.At).FirstOrDefault(t => t is not null) ?? updatedAt,
            UpdatedAt = updatedAt,
            Messages = messages,
            Components = [.. workbench.Components()],
        };
    }

    static Said? Said(JsonElement message, SkipList skipped)
    {
        var role = message.Text("role");
        if (role is not ("user" or "assistant"))
            return skipped.Add<Said>("message of a tool or of the system");
        if (message.Items("annotations").Any(a => a.Text() == "hidden"))
            return skipped.Add<Said>("message that was not shown");
        foreach (var part in message.Items("parts"))
            if (part.Text("type") is not ("text" or "file" or "step-start"))
                skipped.Add("reasoning or call to a tool");
        var text = message.Text("content") is { Length: > 0 } content
            ? content
            : string.Concat(message.Items("parts").Select(part => part.Text("text")));
        var model = Model().Match(text);
        var prompt = role == "user" ? Provider().Replace(Model().Replace(text, ""), "", 1) : text;
        return prompt.Length == 0
            ? skipped.Add<Said>("message without text")
            : new Said(
                message.Text("id"),
                role,
                prompt,
                message.Time("createdAt"),
                model.Success ? model.Groups[1].Value : null
            )
            {
                Files = [.. Files(message, skipped).DistinctBy(f => f.Sha256).Take(FilesAtMost)],
            };
    }

    static IEnumerable<SentFile> Files(JsonElement message, SkipList skipped)
    {
        foreach (var sent in message.Items("experimental_attachments"))
            if (DataUrl().Match(sent.Text("url") ?? "") is { Success: true } url)
            {
                if (
                    File(
                        sent.Text("name"),
                        sent.Text("contentType") ?? url.Groups[1].Value,
                        url.Groups[2].Value,
                        skipped
                    ) is
                    { } file
                )
                    yield return file;
            }
            else
                skipped.Add("file that is not in the export");
        foreach (var part in message.Items("parts").Where(p => p.Text("type") == "file"))
            if (File(null, part.Text("mimeType"), part.Text("data") ?? "", skipped) is { } file)
                yield return file;
    }

    static SentFile? File(string? name, string? contentType, string base64, SkipList skipped)
    {
        var bytes = new byte[base64.Length];
        return
            Convert.TryFromBase64String(base64, bytes, out var size)
            && size <= Infrastructure.Attachments.Files.BytesAtMost
            ? new SentFile(
                name is { Length: >= 1 and <= 255 } ? name : null,
                MediaType.Read(contentType) ?? "application/octet-stream",
                bytes[..size]
            )
            : skipped.Add<SentFile>("file that is damaged or too large");
    }

    [GeneratedRegex(@"^\[Model: (.*?)\]\n\n")]
    private static partial Regex Model();

    [GeneratedRegex(@"^\[Provider: (.*?)\]\n\n")]
    private static partial Regex Provider();

    [GeneratedRegex(@"^data:([^;,]*)(?:;[^;,]*)*;base64,(.*)$", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex DataUrl();
}
