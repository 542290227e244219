using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;

namespace AiEditor.Persistence.Features.ApplyBatch;

/// <summary>One operation of a batch as it was read: ready for the journal, or the problem.</summary>
sealed record Entry(Guid? Key, Operation? Operation, Problem? Problem)
{
    public static Entry Read(ReadOnlyMemory<byte> given, Caller caller, Journal journal)
    {
        var (body, unreadable) = StrictBody.Read(given);
        if (unreadable is not null)
            return new Entry(KeyOf(given.Span), null, unreadable);
        var (members, malformed) = body!.As<Members>();
        if (malformed is not null)
            return new Entry(KeyOf(given.Span), null, malformed);
        var key = members!.Key ?? Guid.CreateVersion7();
        var problem = members.Check(journal, out var slice);
        if (slice is null)
            return new Entry(key, null, problem);
        var (content, _) = StrictBody.Read(members.Content());
        var (operation, refusal) = journal.Prepare(slice.Type, content!, members.Target(caller, key));
        return problem is null
            ? new Entry(key, operation, refusal)
            : new Entry(key, null, refusal is null ? problem : problem.And(refusal));
    }

    /// <summary>
    /// For the sender, who knows the operation by its key, however misshapen it is otherwise. Looked for among the bytes:
    /// as text the framework gives none of them once it meets one that is no Unicode.
    /// </summary>
    static Guid? KeyOf(ReadOnlySpan<byte> given)
    {
        var reader = new Utf8JsonReader(given, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isKey = reader.ValueSpan.SequenceEqual("key"u8);
            reader.Read();
            if (isKey)
                return
                    reader.TokenType is JsonTokenType.String
                    && IdempotencyKey.TryParse(Encoding.UTF8.GetString(reader.ValueSpan), out var key)
                    ? key
                    : null;
            reader.Skip();
        }
        return null;
    }

    /// <summary>What every operation may say beside the body of its slice.</summary>
    sealed record Members
    {
        public Guid? Key { get; init; }
        public string? Type { get; init; }
        public long? SessionId { get; init; }
        public Guid? SessionClientId { get; init; }
        public long? ItemId { get; init; }
        public Guid? ItemClientId { get; init; }
        public long? BaseVersion { get; init; }
        public string? OnConflict { get; init; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement> Rest { get; init; } = [];

        /// <summary>Which slice it is for, null when there is none, and what is wrong with how it is addressed.</summary>
        public Problem? Check(Journal journal, out IWrite? slice)
        {
            slice = null;
            if (Type is null)
                return Problem.Invalid("type", "is required");
            slice = journal.Find(Type) is { IsBatched: true } found ? found : null;
            if (slice is null)
                return Problem.Invalid("type", "is no operation of a batch");
            return Name(slice.AimsAtSession, SessionId is not null, SessionClientId is not null, "session")
                ?? Name(slice.AimsAtItem, ItemId is not null, ItemClientId is not null, "item")
                ?? (!slice.MayConflict && BaseVersion is not null ? Unknown("base_version") : null)
                ?? (!slice.MayConflict && OnConflict is not null ? Unknown("on_conflict") : null)
                ?? (
                    OnConflict is null or IWrite.Merge
                        ? null
                        : Problem.Malformed($"on_conflict must be {IWrite.Merge}.", "on_conflict")
                );
        }

        public Target Target(Caller caller, Guid key) =>
            new(
                caller.UserId,
                key,
                SessionId ?? 0,
                ItemId ?? 0,
                BaseVersion is { } baseVersion ? [baseVersion] : null,
                Rest.TryGetValue("version", out var named)
                && named.ValueKind is JsonValueKind.Number
                && named.TryGetInt64(out var version)
                    ? version
                    : null,
                Merges: OnConflict is IWrite.Merge,
                SessionName: SessionClientId,
                ItemName: ItemClientId
            );

        /// <summary>The body that the slice's own request would have had.</summary>
        public byte[] Content()
        {
            var utf8 = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(utf8, new JsonWriterOptions { Encoder = Wire.Encoder }))
            {
                writer.WriteStartObject();
                foreach (var (name, value) in Rest)
                {
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }
                writer.WriteEndObject();
            }
            return utf8.WrittenSpan.ToArray();
        }

        /// <summary>Who aims at something names it, by one of two ways; who does not must not.</summary>
        static Problem? Name(bool aims, bool byId, bool byKey, string what) =>
            (aims, byId, byKey) switch
            {
                (true, true, true) => Problem.Invalid($"{what}_client_id", $"must not be given beside {what}_id"),
                (true, false, false) => Problem.Invalid($"{what}_id", $"is required, or {what}_client_id"),
                (false, true, _) => Unknown($"{what}_id"),
                (false, _, true) => Unknown($"{what}_client_id"),
                _ => null,
            };

        static Problem Unknown(string field) => Problem.Malformed("This type of operation does not take it.", field);
    }
}
