namespace AiEditor.Persistence.Tests.Architecture;

/// <summary>A good request to an operation.</summary>
/// <param name="Body">Its JSON; null where there is none.</param>
/// <param name="MakesWhatItNames">Whether the id at the path's end may be new.</param>
sealed record Example(string? Body = null, bool MakesWhatItNames = false)
{
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
        ["ImportSession"] = new("""{"format": "ai-editor-session", "version": 1}"""),
        ["GetOperation"] = new(),
        ["HealthLive"] = new(),
        ["HealthReady"] = new(),
    };
}
