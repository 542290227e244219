using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Archives;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>Lines of one session with the ids they get, to be written as sets.</summary>
sealed class RowSets(long sessionId, long componentId)
{
    readonly List<(long Id, MessageLine Line)> messages = [];
    readonly List<(long Id, ComponentLine Line)> components = [];
    readonly List<(long ComponentId, VersionLine Line)> versions = [];
    readonly List<(long Id, InteractionLine Line)> interactions = [];

    /// <summary>Whose versions come next.</summary>
    public long ComponentId { get; private set; } = componentId;

    public void Add(Line line, Queue<long> ids)
    {
        switch (line)
        {
            case MessageLine message:
                messages.Add((ids.Dequeue(), message));
                break;
            case ComponentLine component:
                components.Add((ComponentId = ids.Dequeue(), component));
                break;
            case VersionLine version:
                versions.Add((ComponentId, version));
                break;
            case InteractionLine interaction:
                interactions.Add((ids.Dequeue(), interaction));
                break;
        }
    }

    public void Write(Statements statements)
    {
        statements
            .Add(Sql.InsertMessages, messages)
            .Bind("SessionIds", _ => sessionId)
            .Bind("Ids", m => m.Id)
            .Bind("ClientIds", m => m.Line.ClientId)
            .Bind("Roles", m => m.Line.Role)
            .Bind("Contents", m => m.Line.Content)
            .Bind("MessageTypes", m => m.Line.MessageType)
            .Bind("Metadatas", m => m.Line.Metadata?.Text)
            .Bind("Attachments", m => JsonSerializer.Serialize(m.Line.Attachments, Wire.Options))
            .Bind("CreatedAts", m => m.Line.CreatedAt)
            .Bind("DeletedAts", m => m.Line.DeletedAt);
        var references = messages
            .SelectMany(m => m.Line.Attachments!.Select(a => (m.Id, a.Sha256)).Distinct())
            .ToArray();
        statements
            .Add(Sql.InsertReferences, references)
            .Bind("SessionIds", _ => sessionId)
            .Bind("MessageIds", r => r.Id)
            .Bind("Sha256s", r => Convert.FromHexString(r.Sha256));
        statements
            .Add(Sql.InsertComponents, components)
            .Bind("SessionIds", _ => sessionId)
            .Bind("Ids", c => c.Id)
            .Bind("ClientIds", c => c.Line.ClientId)
            .Bind("Versions", c => c.Line.Version)
            .Bind("VersionCreatedAts", c => c.Line.VersionCreatedAt)
            .Bind("Names", c => c.Line.Name)
            .Bind("JsxCodes", c => c.Line.JsxCode)
            .Bind("CssCodes", c => c.Line.CssCode)
            .Bind("ComponentTypes", c => c.Line.ComponentType)
            .Bind("AreCurrent", c => c.Line.IsCurrent)
            .Bind("Metadatas", c => c.Line.Metadata?.Text)
            .Bind("CreatedAts", c => c.Line.CreatedAt)
            .Bind("UpdatedAts", c => c.Line.UpdatedAt)
            .Bind("DeletedAts", c => c.Line.DeletedAt);
        statements
            .Add(Sql.InsertVersions, versions)
            .Bind("SessionIds", _ => sessionId)
            .Bind("ComponentIds", v => v.ComponentId)
            .Bind("Versions", v => v.Line.Version)
            .Bind("Names", v => v.Line.Name)
            .Bind("JsxCodes", v => v.Line.JsxCode)
            .Bind("CssCodes", v => v.Line.CssCode)
            .Bind("ComponentTypes", v => v.Line.ComponentType)
            .Bind("Metadatas", v => v.Line.Metadata?.Text)
            .Bind("CreatedAts", v => v.Line.CreatedAt);
        statements
            .Add(Sql.InsertInteractions, interactions)
            .Bind("SessionIds", _ => sessionId)
            .Bind("Ids", i => i.Id)
            .Bind("ClientIds", i => i.Line.ClientId)
            .Bind("Prompts", i => i.Line.Prompt)
            .Bind("Responses", i => i.Line.Response)
            .Bind("InteractionTypes", i => i.Line.InteractionType)
            .Bind("TargetElements", i => i.Line.TargetElement)
            .Bind("Metadatas", i => i.Line.Metadata?.Text)
            .Bind("CreatedAts", i => i.Line.CreatedAt)
            .Bind("DeletedAts", i => i.Line.DeletedAt);
    }
}
