using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>
/// An opaque place in a list. A tag binds it to its scope (list, user, session, filters), so that a damaged cursor and
/// one from another list are told from a good one. It is no secret: every statement checks ownership itself.
/// </summary>
public static class Cursor
{
    const int TagBytes = 8;
    const int MaxLength = 400;

    public static string Write<T>(T position, string scope)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(position, Wire.Options);
        return WebEncoders.Base64UrlEncode([.. Tag(payload, scope), .. payload]);
    }

    public static T? Read<T>(string cursor, string scope)
        where T : class
    {
        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor, out var length) || length <= TagBytes)
            return null;
        var bytes = Base64Url.DecodeFromChars(cursor);
        var payload = bytes.AsSpan(TagBytes);
        if (!Tag(payload, scope).SequenceEqual(bytes.AsSpan(0, TagBytes)))
            return null;
        try
        {
            return JsonSerializer.Deserialize<T>(payload, Wire.Options);
        }
        catch (JsonException)
        {
            // The tag is no signature: whoever has read this can make one that fits anything.
            return null;
        }
    }

    /// <summary>
    /// The page of what a statement found. It looks for one more than asked for, to learn whether there are more; where
    /// the page ends is the position that the next one starts from.
    /// </summary>
    public static Page<T> Page<T, TPosition>(IEnumerable<T> found, int limit, string scope, Func<T, TPosition> position)
    {
        var items = found.ToList();
        if (items.Count <= limit)
            return new Page<T> { Items = items, NextCursor = null };
        items.RemoveAt(limit);
        return new Page<T> { Items = items, NextCursor = Write(position(items[^1]), scope) };
    }

    static ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> payload, string scope) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(scope), 0, .. payload]).AsSpan(0, TagBytes);
}

/// <summary>One page of a list.</summary>
public sealed record Page<T>
{
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Leads to the next page; null on the last one.</summary>
    public required string? NextCursor { get; init; }
}
