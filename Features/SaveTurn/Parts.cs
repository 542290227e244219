using System.Text.Json;
using System.Text.Json.Nodes;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;

namespace AiEditor.Persistence.Features.SaveTurn;

/// <summary>Makes a turn's parts into the operations that their own slices would make of them.</summary>
static class Parts
{
    // What other slices' operations are called in a batch, and who speaks when nobody is named.
    public const string SaveMessage = "save_message";
    public const string SaveInteraction = "save_interaction";
    public const string SaveComponent = "save_component";
    public const string User = "user";
    public const string Assistant = "assistant";

    const int ComponentsAtMost = 500;

    /// <summary>The operations in their order, or everything that is wrong with them at once.</summary>
    public static (IReadOnlyList<Operation> Operations, Problem? Problem) Prepare(
        Request request,
        Target turn,
        Journal journal
    )
    {
        if (request.Components is { Count: > ComponentsAtMost })
            return ([], Problem.Invalid("components", $"must be at most {ComponentsAtMost}"));
        var operations = new List<Operation>();
        var keys = new HashSet<Guid>();
        var errors = new Dictionary<string, string[]>();
        foreach (var (field, type, role, name, part) in Named(request))
        {
            var (key, body, unreadable) = Read(part, field, role, () => IdempotencyKey.Of(turn.Key, name));
            if (unreadable is not null)
                return ([], unreadable);
            // The request's own key leads to the first part, so no later part can have it.
            if (!keys.Add(key) || (key == turn.Key && operations.Count > 0))
                errors[$"{field}.key"] = ["is the key of another part of this turn"];
            var (operation, problem) = journal.Prepare(type, body!, turn with { Key = key });
            if (problem is { Status: 400 })
                return ([], problem with { Errors = Below(field, problem) });
            if (problem is not null)
                foreach (var (below, texts) in Below(field, problem))
                    errors[below] = texts;
            else
                operations.Add(operation!);
        }
        if (errors.Count > 0)
            return ([], Problem.Invalid(errors));
        return operations.Count > 0
            ? (operations, null)
            : ([], Problem.Invalid("message", "is required, unless another part is given"));
    }

    static IEnumerable<(string Field, string Type, string? Role, string Name, JsonElement Part)> Named(Request request)
    {
        if (request.Message is { } message)
            yield return ("message", SaveMessage, User, "message", message);
        if (request.Reply is { } reply)
            yield return ("reply", SaveMessage, Assistant, "reply", reply);
        if (request.Interaction is { } interaction)
            yield return ("interaction", SaveInteraction, null, "interaction", interaction);
        for (var i = 0; i < request.Components?.Count; i++)
            yield return ($"components[{i}]", SaveComponent, null, $"components/{i}", request.Components[i]);
    }

    /// <summary>Takes the key off and puts the role in, so that the content is what a save of its own would have sent.</summary>
    static (Guid Key, StrictBody? Body, Problem? Problem) Read(
        JsonElement part,
        string field,
        string? role,
        Func<Guid> otherwise
    )
    {
        if (part.ValueKind is not JsonValueKind.Object)
            return (default, null, Problem.Malformed("Of the wrong JSON type.", field));
        var members = JsonObject.Create(part)!;
        var key = default(Guid);
        if (!members.Remove("key", out var given) || given is null)
            key = otherwise();
        else if (
            given.GetValueKind() is not JsonValueKind.String
            || !IdempotencyKey.TryParse(given.GetValue<string>(), out key)
        )
            return (default, null, Problem.Malformed("Must be a UUID.", $"{field}.key"));
        if (role is not null && members["role"] is null)
            members["role"] = role;
        var (body, problem) = StrictBody.Read(JsonSerializer.SerializeToUtf8Bytes(members, Wire.Options));
        return (key, body, problem);
    }

    static Dictionary<string, string[]> Below(string field, Problem problem) =>
        problem.Errors?.ToDictionary(e => $"{field}.{e.Key}", e => e.Value) ?? new() { [field] = [problem.Detail] };
}
