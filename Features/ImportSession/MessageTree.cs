using System.Text.Json;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>Messages of which each names the one it answers. Edits and new answers are siblings; one path is what was shown.</summary>
sealed class MessageTree
{
    readonly Dictionary<string, (JsonElement Message, string? Parent)> nodes = [];
    string? last;

    public MessageTree(IEnumerable<(string Id, JsonElement Message, string? Parent)> messages)
    {
        foreach (var (id, message, parent) in messages)
            (nodes[id], last) = ((message, parent), id);
    }

    /// <summary>From the root to the message; to the last of all when it is not there. What is on other paths is skipped.</summary>
    public IReadOnlyList<JsonElement> PathTo(string? leaf, SkipList skipped)
    {
        var path = new List<JsonElement>();
        var seen = new HashSet<string>();
        var at = leaf is not null && nodes.ContainsKey(leaf) ? leaf : last;
        // A tree that runs in a circle ends where it began.
        while (at is not null && nodes.TryGetValue(at, out var node) && seen.Add(at))
        {
            path.Add(node.Message);
            at = node.Parent;
        }
        for (var i = path.Count; i < nodes.Count; i++)
            skipped.Add("message on another branch");
        path.Reverse();
        return path;
    }
}
