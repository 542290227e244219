using System.Security.Cryptography;
using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Archives;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>Finds the conversations in one element of another tool's export.</summary>
delegate IEnumerable<Conversation> FindConversations(JsonElement element, SkipList skipped);

/// <summary>Another tool's export: JSON, an array whose elements are read one after the other, or a single object.</summary>
sealed class ForeignFormat(string name, FindConversations find) : IFormat
{
    const int ElementAtMost = 32 * Rules.MiB;
    const string Untitled = "Imported chat";
    const int TitleAtMost = 255;

    /// <summary>LibreChat nests each answer in what it answers.</summary>
    static readonly JsonSerializerOptions Deep = new() { MaxDepth = 10_000 };

    public bool IsStrict => false;

    public async IAsyncEnumerable<Line> ReadAsync(Stream file, SkipList skipped)
    {
        using var bounded = new BoundedStream(file, ElementAtMost);
        await using var elements = Elements(bounded, await IsArrayAsync(file)).GetAsyncEnumerator();
        for (var number = 1; await MoveAsync(elements); number++)
        {
            bounded.Begin();
            if (!elements.Current.IsUnicode())
                throw new BadFileException($"element {number}", "holds text that is no Unicode");
            foreach (var conversation in find(elements.Current, skipped))
                if (conversation.Messages.Count + conversation.Components.Count == 0)
                    skipped.Add("conversation without messages");
                else
                    foreach (var line in Lines(conversation))
                        yield return line;
        }
    }

    IEnumerable<Line> Lines(Conversation conversation)
    {
        DateTime[] said = [.. conversation.Messages.Select(m => m.At).OfType<DateTime>()];
        var createdAt = conversation.CreatedAt ?? said.FirstOrDefault(DateTime.UtcNow);
        yield return new SessionLine
        {
            ClientId = Id(conversation.Id),
            Title = Title(conversation.Title),
            IsActive = conversation.IsActive,
            CreatedAt = createdAt,
            UpdatedAt = said.Append(createdAt).Append(conversation.UpdatedAt ?? createdAt).Max(),
        };
        foreach (var file in conversation.Messages.SelectMany(m => m.Files).DistinctBy(f => f.Sha256))
        {
            yield return new AttachmentLine
            {
                Sha256 = file.Sha256,
                ContentType = file.ContentType,
                Size = file.Bytes.Length,
            };
            if (file.Bytes.Length > 0)
                yield return new BytesLine { Base64 = file.Bytes };
        }
        var at = createdAt;
        foreach (var message in conversation.Messages)
        {
            at = message.At ?? at;
            yield return Line(message, at);
        }
        foreach (var line in conversation.Components)
            yield return line;
    }

    MessageLine Line(Said message, DateTime at) =>
        new()
        {
            ClientId = Id(message.Id),
            Role = message.Role,
            Content = message.Text,
            MessageType = "text",
            Metadata = Metadata(message),
            Attachments =
            [
                .. message.Files.Select(f => new Attachment
                {
                    Sha256 = f.Sha256,
                    Name = f.Name,
                    ContentType = f.ContentType,
                    Size = f.Bytes.Length,
                }),
            ],
            CreatedAt = at,
        };

    /// <summary>Where it comes from, under which name it was known there, and who spoke.</summary>
    Json Metadata(Said message)
    {
        var members = new Dictionary<string, string> { ["source"] = name };
        if (message.Id is { Length: > 0 and <= 255 } id)
            members["source_id"] = id;
        if (message.Model is { Length: > 0 and <= 255 } model)
            members["model"] = model;
        return new Json(JsonSerializer.Serialize(members, Wire.Options));
    }

    static Guid Id(string? text) => Guid.TryParseExact(text, "D", out var id) ? id : Guid.CreateVersion7();

    static string Title(string? text) =>
        string.IsNullOrWhiteSpace(text) || text.Contains('\0') ? Untitled
        : text.Length <= TitleAtMost ? text
        : string.Concat(text.EnumerateRunes().Take(TitleAtMost));

    static async Task<bool> IsArrayAsync(Stream file)
    {
        var start = new byte[4 * Rules.KiB];
        var read = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        var first = start.AsSpan(0, read).IndexOfAnyExcept(" \t\r\n\uFEFF"u8);
        return first >= 0 && start[first] == '[';
    }

    static IAsyncEnumerable<JsonElement> Elements(Stream file, bool isArray) =>
        isArray ? JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(file, Deep) : OneAsync(file);

    static async IAsyncEnumerable<JsonElement> OneAsync(Stream file)
    {
        yield return await JsonSerializer.DeserializeAsync<JsonElement>(file, Deep);
    }

    static async Task<bool> MoveAsync(IAsyncEnumerator<JsonElement> elements)
    {
        try
        {
            return await elements.MoveNextAsync();
        }
        catch (JsonException e)
        {
            throw new BadFileException($"line {e.LineNumber + 1}", "is not JSON, or the file is cut off");
        }
    }
}

/// <summary>A conversation as another tool has kept it, cut down to what has a place here.</summary>
sealed record Conversation
{
    public string? Id { get; init; }
    public string? Title { get; init; }
    public bool IsActive { get; init; } = true;
    public DateTime? CreatedAt { get; init; }
    public DateTime? UpdatedAt { get; init; }

    /// <summary>In the order in which they were shown.</summary>
    public IReadOnlyList<Said> Messages { get; init; } = [];

    /// <summary>Each followed by its superseded versions.</summary>
    public IReadOnlyList<Line> Components { get; init; } = [];
}

/// <summary>A message of the user's or the assistant's.</summary>
sealed record Said(string? Id, string Role, string Text, DateTime? At, string? Model = null)
{
    public IReadOnlyList<SentFile> Files { get; init; } = [];
}

/// <summary>A file that came along within the export.</summary>
sealed record SentFile(string? Name, string ContentType, byte[] Bytes)
{
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Bytes));
}
