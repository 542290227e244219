using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using AiEditor.Persistence.Infrastructure.Archives;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>What the slice that saves such a thing would find wrong with it, asked through the journal, which knows them all.</summary>
sealed class SliceRules(Journal journal)
{
    static readonly Target Nowhere = new(0, Guid.Empty);

    /// <summary>What an object has as null, a request leaves out.</summary>
    static readonly JsonSerializerOptions AsSent = new(Wire.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Used again for every line, for many of them are large.</summary>
    readonly ArrayBufferWriter<byte> content = new(64 * Rules.KiB);

    public IEnumerable<string> Broken(SessionLine line) =>
        Broken("create_session", new { line.Title, line.Description });

    public IEnumerable<string> Broken(MessageLine line) =>
        Broken(
            "save_message",
            new
            {
                line.Role,
                line.Content,
                line.MessageType,
                line.Metadata,
                Attachments = line.Attachments?.Select(a => new { a?.Sha256, a?.Name }),
            }
        );

    public IEnumerable<string> Broken(ComponentLine line) =>
        BrokenCode(line.Name, line.JsxCode, line.CssCode, line.ComponentType, line.Metadata);

    public IEnumerable<string> Broken(VersionLine line) =>
        BrokenCode(line.Name, line.JsxCode, line.CssCode, line.ComponentType, line.Metadata);

    public IEnumerable<string> Broken(InteractionLine line) =>
        Broken(
            "save_interaction",
            new
            {
                line.Prompt,
                line.Response,
                line.InteractionType,
                line.TargetElement,
                line.Metadata,
            }
        );

    IEnumerable<string> BrokenCode(
        string? name,
        string? jsxCode,
        string? cssCode,
        string? componentType,
        Json? metadata
    ) =>
        Broken(
            "save_component",
            new
            {
                Name = name,
                JsxCode = jsxCode,
                CssCode = cssCode,
                ComponentType = componentType,
                Metadata = metadata,
            }
        );

    IEnumerable<string> Broken(string type, object body)
    {
        content.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(content, new JsonWriterOptions { Encoder = Wire.Encoder }))
            JsonSerializer.Serialize(writer, body, AsSent);
        var (request, unreadable) = StrictBody.Read(content.WrittenMemory);
        if (unreadable is not null)
            return [unreadable.Detail];
        var (_, problem) = journal.Prepare(type, request!, Nowhere);
        return problem is null ? []
            : problem.Errors is { } errors ? errors.SelectMany(e => e.Value.Select(text => $"{e.Key} {text}"))
            : [problem.Detail];
    }
}
