using System.Text;
using System.Text.Json.Nodes;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.UpdateComponent;

/// <summary>Brings two changes of one version together, field by field; null where they contradict each other.</summary>
static class Merge
{
    /// <summary>The change brought together with what came since its version; null when that is not asked for or cannot be.</summary>
    public static Component? Of(Operation<Request, Component> operation, Component present, Workspace workspace)
    {
        if (
            !operation.Target.Merges || workspace.FindNewest(present, operation.Target.BaseVersions!) is not { } version
        )
            return null;
        var common = present.At(version);
        return Of(common, operation.Body.On(common), present) is { } merged
            ? merged with
            {
                IsCurrent = operation.Body.IsCurrent.Or(present.IsCurrent)!.Value,
            }
            : null;
    }

    static Component? Of(Component common, Component mine, Component theirs)
    {
        var name = Whole(common.Name, mine.Name, theirs.Name);
        var type = Whole(common.ComponentType, mine.ComponentType, theirs.ComponentType);
        var jsx = Lines(common.JsxCode, mine.JsxCode, theirs.JsxCode);
        var css = Lines(common.CssCode, mine.CssCode, theirs.CssCode);
        var metadata = Keys(common.Metadata, mine.Metadata, theirs.Metadata);
        if (name is null || type is null || jsx is null || css is null || metadata is null)
            return null;
        // What fits on either side may be too much together, and what either side left may be nothing.
        var fits = jsx.Length > 0 && Fits(jsx) && Fits(css) && metadata.Value.Size <= Rules.MetadataBytes;
        return fits
            ? theirs with
            {
                Name = name,
                ComponentType = type,
                JsxCode = jsx,
                CssCode = css,
                Metadata = metadata.Value,
            }
            : null;
    }

    static bool Fits(string code) => Encoding.UTF8.GetByteCount(code) <= Rules.MiB;

    static string? Whole(string common, string mine, string theirs) =>
        mine == common || mine == theirs ? theirs
        : theirs == common ? mine
        : null;

    static string? Lines(string common, string mine, string theirs) =>
        Whole(common, mine, theirs) ?? LineMerge.Of(common, mine, theirs);

    static Json? Keys(Json common, Json mine, Json theirs)
    {
        if (mine == common || mine == theirs)
            return theirs;
        if (theirs == common)
            return mine;
        return Keys(Members(common), Members(mine), Members(theirs)) is { } merged
            ? new Json(merged.ToJsonString(Wire.Options))
            : null;
    }

    static JsonObject Members(Json metadata) => JsonNode.Parse(metadata.Text)!.AsObject();

    /// <summary>In their order, then what only mine has.</summary>
    static JsonObject? Keys(JsonObject common, JsonObject mine, JsonObject theirs)
    {
        var merged = new JsonObject();
        foreach (var key in theirs.Select(m => m.Key).Union(mine.Select(m => m.Key)))
        {
            var (before, here, there) = (Side.Of(common, key), Side.Of(mine, key), Side.Of(theirs, key));
            if (here.Equals(before) || here.Equals(there))
                there.Put(merged, key);
            else if (there.Equals(before))
                here.Put(merged, key);
            else if (here.Value is JsonObject ours && there.Value is JsonObject others)
            {
                if (Keys(before.Value as JsonObject ?? [], ours, others) is not { } below)
                    return null;
                merged[key] = below;
            }
            else
                return null;
        }
        return merged;
    }

    /// <summary>What a side has under a key; null is a value, and not to have it is another.</summary>
    readonly record struct Side(bool IsThere, JsonNode? Value)
    {
        public static Side Of(JsonObject members, string key) =>
            new(members.TryGetPropertyValue(key, out var value), value);

        public bool Equals(Side other) => IsThere == other.IsThere && JsonNode.DeepEquals(Value, other.Value);

        public override int GetHashCode() => IsThere.GetHashCode();

        public void Put(JsonObject to, string key)
        {
            if (IsThere)
                to[key] = Value?.DeepClone();
        }
    }
}
