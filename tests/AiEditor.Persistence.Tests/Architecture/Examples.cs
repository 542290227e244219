namespace AiEditor.Persistence.Tests.Architecture;

/// <summary>A good request to an operation.</summary>
/// <param name="Body">Its JSON; null where there is none.</param>
/// <param name="MakesWhatItNames">Whether the id at the path's end may be new.</param>
sealed record Example(string? Body = null, bool MakesWhatItNames = false)
{
    /// <summary>An archive of an empty session.</summary>
    const string Archive = """
        {"format": "ai-editor-session", "version": 1}
        {"type": "session", "client_id": "00000000-0000-4000-8000-000000000001", "title": "Mine", "is_active": true, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
        {"type": "end", "counts": {"attachments": 0, "messages": 0, "components": 0, "component_versions": 0, "interactions": 0}, "sha256": "ddfa5aa8077096ffbe2e31f3064bcd00bc49e22337968b842fe1fff8a41362e1"}


        """;

    /// <summary>One for each operation of the contract. A route that is not here has not been tried by a stranger.</summary>
    public static readonly IReadOnlyDictionary<string, Example> All = new Dictionary<string, Example>
    {
        ["CreateSession"] = new("""{"title": "Mine"}"""),
        ["ListSessions"] = new(),
        ["LoadSession"] = new(),
        ["UpdateSession"] = new("""{"title": "Mine now"}"""),
        ["DeleteSession"] = new(),
        ["RestoreSession"] = new(),
        ["SaveMessage"] = new("""{"role": "user", "content": "Mine"}"""),
        ["ListMessages"] = new(),
        ["GetMessage"] = new(),
        ["UpdateMessage"] = new("""{"content": "Mine now"}"""),
        ["DeleteMessage"] = new(),
        ["SaveComponent"] = new("""{"name": "Button", "jsx_code": "<b/>"}"""),
        ["ListComponents"] = new(),
        ["GetComponent"] = new(),
        ["GetCurrentComponent"] = new(),
        ["UpdateComponent"] = new("""{"jsx_code": "<i/>"}"""),
        ["SetCurrentComponent"] = new(),
        ["DeleteComponent"] = new(),
        ["ListComponentVersions"] = new(),
        ["GetComponentVersion"] = new(),
        ["RestoreComponentVersion"] = new(),
        ["SaveInteraction"] = new("""{"prompt": "Bluer", "response": "Done", "interaction_type": "edit"}"""),
        ["ListInteractions"] = new(),
        ["GetInteraction"] = new(),
        ["DeleteInteraction"] = new(),
        ["SaveTurn"] = new("""{"message": {"content": "Mine"}}"""),
        ["ApplyBatch"] = new("""{"operations": [{"type": "create_session", "title": "Mine"}]}"""),
        ["ListChanges"] = new(),
        ["StreamChanges"] = new(),
        ["GetDigest"] = new(),
        ["PutAttachment"] = new("hello", MakesWhatItNames: true),
        ["GetAttachment"] = new(),
        ["ExportSession"] = new(),
        ["ImportSession"] = new(Archive),
        ["GetOperation"] = new(),
        ["HealthLive"] = new(),
        ["HealthReady"] = new(),
    };
}
